package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bordergraph/graph/query"
)

func testModel() *query.Model {
	province := &query.Type{Name: "Province", Dated: true}
	post := &query.Type{Name: "Post", Dated: true, Properties: []*query.Property{
		{Name: "status", Kind: query.Enum, Values: []string{"OPEN", "CLOSED"}, Required: true},
		{Name: "lengthKm", Kind: query.Float},
		{Name: "markers", Kind: query.Int},
		{Name: "staffed", Kind: query.Boolean},
		{Name: "openedOn", Kind: query.Date},
		{Name: "openedOnPrecision", Kind: query.Enum, Values: []string{"DAY", "MONTH", "YEAR", "UNKNOWN"}},
		{Name: "communes", Kind: query.String, List: true},
		{Name: "closedOn", Kind: query.Date},
	}}
	post.Properties[len(post.Properties)-1].NotBefore = post.Properties[4]
	return query.NewModel("test", []*query.Type{province, post}, []*query.Relationship{
		{Name: "IN_PROVINCE", From: []*query.Type{post}, To: []*query.Type{province}, ToOne: true},
		{Name: "SAME_AS", From: []*query.Type{post}, To: []*query.Type{post}, Symmetric: true},
		{Name: "LED_BY", From: []*query.Type{post}, To: []*query.Type{post},
			Properties: []*query.Property{{Name: "title", Kind: query.String}}},
	})
}

// post is a node without a problem, changed as a test wants it.
func post(change func(*Node)) Node {
	n := Node{
		ID: "post:taytrang", Type: "Post",
		Names: []Name{
			{Lang: "en", Text: "Tay Trang Border Post", Kind: "MAIN"},
			{Lang: "vi", Text: "Đồn Biên phòng Tây Trang", Kind: "MAIN"},
		},
		Properties: map[string]any{"status": "OPEN"},
	}
	if change != nil {
		change(&n)
	}
	return n
}

func makeNode(t *testing.T, n Node) query.NodeRecord {
	t.Helper()
	r, problems := NewNode(testModel(), n)
	for _, p := range problems {
		t.Fatal(p)
	}
	return r
}

func TestNodeIsNamedByItsVietnameseMainName(t *testing.T) {
	for _, c := range []struct {
		names []Name
		want  string
	}{
		{[]Name{{"en", "Tay Trang", "MAIN"}, {"vi", "Tây Trang", "MAIN"}}, "Tây Trang"},
		{[]Name{{"zh", "西庄", "MAIN"}, {"en", "Tay Trang", "MAIN"}}, "Tay Trang"},
		{[]Name{{"zh", "西庄", "MAIN"}, {"en", "Sizhuang", "TRANSLITERATION"}}, "Sizhuang"},
		{[]Name{{"lo", "ຕາຍຈາງ", "ALIAS"}, {"zh", "西庄", "MAIN"}}, "ຕາຍຈາງ"},
	} {
		r := makeNode(t, post(func(n *Node) { n.Names = c.names }))
		if got := r.Values[query.NodeName]; got != c.want {
			t.Errorf("name of %v is %v, want %s", c.names, got, c.want)
		}
	}
}

func TestNamesAreParallelListsWithTheirWords(t *testing.T) {
	r := makeNode(t, post(nil))
	for position, want := range map[int]string{
		query.NodeNameTexts:     "[Tay Trang Border Post Đồn Biên phòng Tây Trang]",
		query.NodeNameLanguages: "[en vi]",
		query.NodeNameKinds:     "[MAIN MAIN]",
		query.NodeNameSpelled:   "[ tay trang border post   đồn biên phòng tây trang ]",
		query.NodeNameFolded:    "[ tay trang border post   don bien phong tay trang ]",
	} {
		if got := fmt.Sprint(r.Values[position]); got != want {
			t.Errorf("%s is %s, want %s", query.NodeProperties[position].Name, got, want)
		}
	}
}

func TestTextIsComposed(t *testing.T) {
	r := makeNode(t, post(func(n *Node) {
		n.Names = []Name{{"vi", "Ta\u0302y", "MAIN"}}
		n.Note = "Ta\u0302y"
		n.Properties["communes"] = []any{"Ta\u0302y"}
	}))
	if r.Values[query.NodeName] != "Tây" || r.Values[query.NodeNote] != "Tây" {
		t.Errorf("name %q, note %q", r.Values[query.NodeName], r.Values[query.NodeNote])
	}
	if got := r.Values[r.Type.Property("communes").Index].([]any)[0]; got != "Tây" {
		t.Errorf("communes %q", got)
	}
}

func TestValuesHaveTheKindOfTheirProperty(t *testing.T) {
	r := makeNode(t, post(func(n *Node) {
		n.Properties = map[string]any{"status": "CLOSED", "lengthKm": json.Number("12"), "markers": json.Number("7"), "staffed": true}
	}))
	for name, want := range map[string]any{"status": "CLOSED", "lengthKm": 12.0, "markers": int64(7), "staffed": true, "communes": nil} {
		if got := r.Values[r.Type.Property(name).Index]; got != want {
			t.Errorf("%s is %T %v, want %T %v", name, got, got, want, want)
		}
	}
}

func TestMarkingIsANumberAndAbsentIsPublic(t *testing.T) {
	for name, want := range map[string]int64{"": 0, "PUBLIC": 0, "INTERNAL": 1, "CONFIDENTIAL": 2, "SECRET": 3} {
		r := makeNode(t, post(func(n *Node) { n.Marking = name }))
		if got := r.Values[query.NodeFacts+query.FactMarking]; got != want {
			t.Errorf("marking %q is %v, want %d", name, got, want)
		}
	}
}

func TestCertaintyBeginsWhenThePeriodIsOverAndEndsWhenItBegins(t *testing.T) {
	for _, c := range []struct {
		facts    Facts
		from, to string
	}{
		{Facts{ValidFrom: "2025-07-01", ValidFromPrecision: "DAY"}, "2025-07-01", ""},
		{Facts{ValidFrom: "2014-07-01", ValidFromPrecision: "MONTH"}, "2014-07-31", ""},
		{Facts{ValidFrom: "2024-02-01", ValidFromPrecision: "MONTH"}, "2024-02-29", ""},
		{Facts{ValidFrom: "2018-01-01", ValidFromPrecision: "YEAR"}, "2018-12-31", ""},
		{Facts{ValidFrom: "2018-05-07", ValidFromPrecision: "UNKNOWN"}, "2018-12-31", ""},
		{Facts{StatedOn: "2023-01-01", StatedOnPrecision: "YEAR"}, "2023-12-31", ""},
		{Facts{ValidFrom: "2018-01-01", ValidFromPrecision: "YEAR", StatedOn: "2016-01-01", StatedOnPrecision: "DAY"}, "2018-12-31", ""},
		{Facts{ValidTo: "2012-12-31", ValidToPrecision: "YEAR"}, "", "2012-01-01"},
		{Facts{ValidTo: "2025-06-30", ValidToPrecision: "DAY"}, "", "2025-06-30"},
		{Facts{ValidTo: "2025-06-30", ValidToPrecision: "MONTH"}, "", "2025-06-01"},
		{Facts{}, "", ""},
	} {
		if from, to := Certainty(c.facts); from != c.from || to != c.to {
			t.Errorf("%+v is certain from %q to %q, want %q to %q", c.facts, from, to, c.from, c.to)
		}
	}
}

func TestBadNodeIsRefusedWithWhatWouldBeRight(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Node)
		want   string
	}{
		{"unknown type", func(n *Node) { n.Type = "Pots" }, `type: there is no type "Pots"; one of Province, Post`},
		{"no id", func(n *Node) { n.ID = "" }, `id: is missing; a value is required: a text`},
		{"blank in the id", func(n *Node) { n.ID = "post: x" }, `id: "post: x" has blanks in it`},
		{"unknown property", func(n *Node) { n.Properties["colour"] = "red" }, `colour: there is no property "colour"; one of status, lengthKm`},
		{"missing property", func(n *Node) { n.Properties = nil }, `status: is missing; a value is required: one of OPEN, CLOSED`},
		{"null", func(n *Node) { n.Properties["markers"] = nil }, `markers: null does not fit; write an integer`},
		{"wrong enum value", func(n *Node) { n.Properties["status"] = "open" }, `status: "open" does not fit; write one of OPEN, CLOSED`},
		{"text for a number", func(n *Node) { n.Properties["lengthKm"] = "12" }, `lengthKm: "12" does not fit; write a number`},
		{"fraction for an integer", func(n *Node) { n.Properties["markers"] = json.Number("1.5") }, `markers: 1.5 does not fit; write an integer`},
		{"number for a text", func(n *Node) { n.Properties["communes"] = []any{json.Number("1")} }, `communes: 1 does not fit; write a list, each member a text`},
		{"single value for a list", func(n *Node) { n.Properties["communes"] = "x" }, `communes: "x" is no list; write a list, each member a text`},
		{"list for a single value", func(n *Node) { n.Properties["markers"] = []any{} }, `markers: [] does not fit; write an integer`},
		{"text for a truth", func(n *Node) { n.Properties["staffed"] = "yes" }, `staffed: "yes" does not fit; write true or false`},
		{"no date", func(n *Node) {
			n.Properties["openedOn"], n.Properties["openedOnPrecision"] = "2025-02-30", "DAY"
		}, `openedOn: "2025-02-30" does not fit; write a date as yyyy-mm-dd`},
		{"precision without date", func(n *Node) { n.Properties["openedOnPrecision"] = "DAY" }, `openedOnPrecision: there is no openedOn`},
		{"date without precision", func(n *Node) { n.ValidFrom = "2025-02-01" }, `validFromPrecision: is missing; say how exact validFrom is: one of DAY, MONTH, YEAR, UNKNOWN`},
		{"month not at its first day", func(n *Node) { n.ValidFrom, n.ValidFromPrecision = "2025-02-03", "MONTH" }, `validFrom: "2025-02-03" does not stand for its MONTH; write "2025-02-01"`},
		{"month not to its last day", func(n *Node) { n.ValidTo, n.ValidToPrecision = "2025-02-03", "MONTH" }, `validTo: "2025-02-03" does not stand for its MONTH; write "2025-02-28"`},
		{"end before the beginning", func(n *Node) {
			n.ValidFrom, n.ValidFromPrecision, n.ValidTo, n.ValidToPrecision = "2025-07-01", "DAY", "2025-06-30", "DAY"
		}, `validTo: "2025-06-30" is before validFrom "2025-07-01"`},
		{"unknown confidence", func(n *Node) { n.Confidence = "SURE" }, `confidence: "SURE" does not fit; write one of HIGH, MEDIUM, LOW`},
		{"unknown marking", func(n *Node) { n.Marking = "TOP" }, `marking: there is no marking "TOP"; one of PUBLIC, INTERNAL, CONFIDENTIAL, SECRET`},
		{"source cited twice", func(n *Node) { n.Sources = []string{"src:a", "src:a"} }, `sources: "src:a" is cited twice`},
		{"no name", func(n *Node) { n.Names = nil }, `names: there is no main name; give one of the kind MAIN`},
		{"aliases only", func(n *Node) { n.Names = []Name{{"vi", "x", "ALIAS"}} }, `names: there is no main name`},
		{"two main names", func(n *Node) { n.Names = append(n.Names, Name{"vi", "Khác", "MAIN"}) }, `names: "Khác" is a second MAIN name in "vi"`},
		{"name without text", func(n *Node) { n.Names[0].Text = " " }, `names: there is a name without text`},
		{"bad language", func(n *Node) { n.Names[0].Lang = "English" }, `names: there is no language "English"; one of vi, en`},
		{"bad kind of name", func(n *Node) { n.Names = append(n.Names, Name{"en", "x", "NICK"}) }, `names: there is no kind of name "NICK"; one of MAIN, ALIAS, FORMER, TRANSLITERATION`},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := post(c.change)
			_, problems := NewNode(testModel(), n)
			if len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), n.ID+": "+c.want) {
				t.Errorf("got %v, want one that begins %s: %s", problems, n.ID, c.want)
			}
		})
	}
}

func TestOwnDateOfAPeriodIsItsFirstDay(t *testing.T) {
	for _, c := range []struct{ date, precision, want string }{
		{"2025-03-15", "MONTH", `openedOn: "2025-03-15" does not stand for its MONTH; write "2025-03-01"`},
		{"2025-03-01", "YEAR", `openedOn: "2025-03-01" does not stand for its YEAR; write "2025-01-01"`},
		{"2025-03-01", "MONTH", ""},
		{"2025-01-01", "YEAR", ""},
		{"2025-03-15", "DAY", ""},
		{"2025-03-15", "UNKNOWN", ""},
	} {
		n := makeNode(t, post(func(n *Node) {
			n.Properties["openedOn"], n.Properties["openedOnPrecision"] = c.date, c.precision
		}))
		got := ""
		for _, p := range CheckDates(n.Type.Properties, len(query.NodeProperties), n.Values) {
			got += p.Field + ": " + p.Message
		}
		if got != c.want {
			t.Errorf("%s of the precision %s: got %q, want %q", c.date, c.precision, got, c.want)
		}
	}
}

func TestADateIsNotBeforeTheOneThatItFollows(t *testing.T) {
	for _, c := range []struct{ opened, precision, closed, want string }{
		{"2025-06-10", "DAY", "2025-06-09", `closedOn: "2025-06-09" is before openedOn "2025-06-10"; write that day or a later one`},
		{"2025-06-01", "MONTH", "2025-05-31", `closedOn: "2025-05-31" is before openedOn "2025-06-01"; write that day or a later one`},
		{"2025-06-10", "DAY", "2025-06-10", ""},
		{"2025-06-01", "MONTH", "2025-06-02", ""},
		{"2025-06-10", "UNKNOWN", "2025-01-01", ""}, // no better than its year
	} {
		n := makeNode(t, post(func(n *Node) {
			n.Properties["openedOn"], n.Properties["openedOnPrecision"], n.Properties["closedOn"] = c.opened, c.precision, c.closed
		}))
		got := ""
		for _, p := range CheckDates(n.Type.Properties, len(query.NodeProperties), n.Values) {
			got += p.Field + ": " + p.Message
		}
		if got != c.want {
			t.Errorf("from %s, %s to %s: got %q, want %q", c.opened, c.precision, c.closed, got, c.want)
		}
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	_, problems := NewNode(testModel(), post(func(n *Node) {
		n.Properties = map[string]any{"colour": "red", "markers": "x"}
		n.ValidFrom, n.ValidFromPrecision = "soon", "DAY"
		n.Names = nil
	}))
	var fields []string
	for _, p := range problems {
		fields = append(fields, p.Field)
	}
	slices.Sort(fields)
	if got := strings.Join(fields, " "); got != "colour markers names status validFrom" {
		t.Errorf("problems of %s", got)
	}
}

func makeLink(t *testing.T, l Link, to string) query.LinkRecord {
	t.Helper()
	m := testModel()
	r, problems := NewLink(m, l, m.Type("Post"), m.Type(to))
	for _, p := range problems {
		t.Fatal(p)
	}
	return r
}

func TestLinkIDIsDerivedFromWhatTellsItApart(t *testing.T) {
	first := Link{From: "post:a", Type: "LED_BY", To: "post:b"}
	dated := first
	dated.ValidFrom, dated.ValidFromPrecision = "2020-01-01", "DAY"
	titled := first
	titled.Properties = map[string]any{"title": "deputy"}
	back := Link{From: "post:b", Type: "LED_BY", To: "post:a"}
	seen := map[any]bool{}
	for _, l := range []Link{first, dated, titled, back} {
		seen[makeLink(t, l, "Post").Values[query.LinkID]] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d ids of 4 relationships: %v", len(seen), seen)
	}
	again := first
	again.Confidence = "LOW"
	if !seen[makeLink(t, again, "Post").Values[query.LinkID]] {
		t.Error("another confidence made another id")
	}
}

func TestSymmetricLinkHasOneIDFromBothEnds(t *testing.T) {
	ab := makeLink(t, Link{From: "post:a", Type: "SAME_AS", To: "post:b"}, "Post")
	ba := makeLink(t, Link{From: "post:b", Type: "SAME_AS", To: "post:a"}, "Post")
	if ab.Values[query.LinkID] != ba.Values[query.LinkID] {
		t.Errorf("%v from one end, %v from the other", ab.Values[query.LinkID], ba.Values[query.LinkID])
	}
}

func TestBadLinkIsRefusedWithWhatWouldBeRight(t *testing.T) {
	m := testModel()
	for want, l := range map[string]Link{
		`post:a LED post:b: type: no relationship "LED" leads from Post to Post; one of SAME_AS, LED_BY`:      {From: "post:a", Type: "LED", To: "post:b"},
		`post:a LED_BY post:b: basis: there is no property "basis"; one of title`:                             {From: "post:a", Type: "LED_BY", To: "post:b", Properties: map[string]any{"basis": "x"}},
		`post:a LED_BY post:b: evidence: "SEEN" does not fit; write one of STATED, INHERITED, DERIVED`:        {From: "post:a", Type: "LED_BY", To: "post:b", Evidence: "SEEN"},
		`post:a LED_BY post:b: statedOnPrecision: there is no statedOn; leave the precision out, or give the`: {From: "post:a", Type: "LED_BY", To: "post:b", Facts: Facts{StatedOnPrecision: "DAY"}},
	} {
		_, problems := NewLink(m, l, m.Type("Post"), m.Type("Post"))
		if len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), want) {
			t.Errorf("got %v, want %s", problems, want)
		}
	}
}

func TestToOneIsUniqueOnAnyOneDay(t *testing.T) {
	until := Link{From: "post:a", Type: "IN_PROVINCE", To: "prov:old", Facts: Facts{ValidTo: "2025-06-30", ValidToPrecision: "DAY"}}
	since := Link{From: "post:a", Type: "IN_PROVINCE", To: "prov:new", Facts: Facts{ValidFrom: "2025-07-01", ValidFromPrecision: "DAY"}}
	other := Link{From: "post:b", Type: "IN_PROVINCE", To: "prov:new"}
	m := testModel()
	records := func(links ...Link) []query.LinkRecord {
		var all []query.LinkRecord
		for _, l := range links {
			r, problems := NewLink(m, l, m.Type("Post"), m.Type("Province"))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			all = append(all, r)
		}
		return all
	}
	if problems := CheckToOne(records(until, since, other)); len(problems) > 0 {
		t.Errorf("one after the other: %v", problems)
	}
	until.ValidTo = "2025-07-01"
	problems := CheckToOne(records(until, since, other))
	if len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), `post:a IN_PROVINCE prov:new: validFrom: it also leads to "prov:old"`) {
		t.Errorf("both on 1 July: %v", problems)
	}
}

func TestStoredValuesAreCheckedAgainstTheModel(t *testing.T) {
	model := testModel()
	n, _ := NewNode(model, post(nil))
	if problems := Check("post:taytrang", n.Type.Properties, n.Values); len(problems) > 0 {
		t.Fatal(problems)
	}
	n.Values[n.Type.Property("status").Index] = "MOVED"
	n.Values[query.NodeName] = nil
	if problems := Check("post:taytrang", n.Type.Properties, n.Values); len(problems) != 2 {
		t.Errorf("got %v, want problems of name and status", problems)
	}
}
