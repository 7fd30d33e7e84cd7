package citation_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"bordergraph/graph/citation"
)

func TestSourcesAreTakenInTheOrderOfTheirFirstMention(t *testing.T) {
	got := citation.IDs([]citation.Mention{
		{Sources: []any{"src:m", "src:c"}}, // of one place, the lower id comes first
		{Sources: []any{"src:a", "src:m"}},
	})
	if want := []string{"src:c", "src:m", "src:a"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestASourceKnowsWhatRestsOnItAndWhere(t *testing.T) {
	post, edge := []any{"post"}, []any{"post", "links", "edges", 0}
	law, copied := &citation.Source{ID: "src:law"}, &citation.Source{ID: "src:copy", CopyOf: &citation.Copied{ID: "src:law"}}
	citation.Number([]*citation.Source{copied, law}, []citation.Mention{
		{Path: post, Sources: []any{"src:law", "src:copy"}, Locators: []any{"src:law L9"}},
		{Path: edge, Sources: []any{"src:law"}, Locators: []any{"src:law L2", "src:law L9", "src:hidden L1"}},
		{Path: edge, Sources: []any{"src:law", "src:hidden"}},
	})
	if copied.Number != 1 || law.Number != 2 || *copied.CopyOf.Number != 2 {
		t.Errorf("numbers are %d and %d, that of the copied one is %d", copied.Number, law.Number, *copied.CopyOf.Number)
	}
	if want := [][]any{post, edge}; !reflect.DeepEqual(law.Paths, want) {
		t.Errorf("paths are %v, want %v", law.Paths, want)
	}
	if want := []string{"src:law L9", "src:law L2"}; !reflect.DeepEqual(law.Locators, want) {
		t.Errorf("locators are %v, want %v", law.Locators, want)
	}
}

func TestACopyOfWhatIsNotCitedHasNoNumberForIt(t *testing.T) {
	copied := &citation.Source{ID: "src:copy", CopyOf: &citation.Copied{ID: "src:law"}}
	citation.Number([]*citation.Source{copied}, []citation.Mention{{Sources: []any{"src:copy"}}})
	if copied.CopyOf.Number != nil {
		t.Errorf("the number is %d", *copied.CopyOf.Number)
	}
}

func TestAReferenceSaysWhatIsKnown(t *testing.T) {
	for _, c := range []struct {
		source citation.Source
		want   string
	}{
		{citation.Source{Title: "Law", Publisher: text("State"), PublishedOn: text("2023-03-01"), PublishedOnPrecision: text("DAY"), URL: text("https://example.org/law")},
			"[1] State. Law. 2023-03-01. https://example.org/law"},
		{citation.Source{Title: "Law", PublishedOn: text("2023-03-01"), PublishedOnPrecision: text("MONTH")}, "[1] Law. 2023-03."},
		{citation.Source{Title: "Law", PublishedOn: text("2023-01-01"), PublishedOnPrecision: text("YEAR")}, "[1] Law. 2023."},
		{citation.Source{Title: "Law", PublishedOn: text("2023-01-01"), PublishedOnPrecision: text("UNKNOWN")}, "[1] Law. 2023."},
		{citation.Source{Title: "Law", PublishedOn: text("2023-03-01")}, "[1] Law. 2023-03-01."},
		{citation.Source{Title: "Whose border?", Publisher: text("Press Co.")}, "[1] Press Co. Whose border?"},
	} {
		citation.Number([]*citation.Source{&c.source}, nil)
		if c.source.Reference != c.want {
			t.Errorf("got %q, want %q", c.source.Reference, c.want)
		}
	}
}

func TestALinkSendsTheSameRequest(t *testing.T) {
	c := cite(t, citation.Request{
		Document: "query A { a }\nquery B($x: String) { b(x: $x) }", OperationName: "B",
		Variables: map[string]any{"x": "Đồn & <post>"}, Today: "2026-01-15",
	})
	link, err := url.Parse(*c.Link)
	if err != nil {
		t.Fatal(err)
	}
	var variables, extensions map[string]any
	decode(t, link.Query().Get("variables"), &variables)
	decode(t, link.Query().Get("extensions"), &extensions)
	if link.Host != "maps.example" || link.Path != "/graphql" || link.Query().Get("query") != "query A { a }\nquery B($x: String) { b(x: $x) }" ||
		link.Query().Get("operationName") != "B" || variables["x"] != "Đồn & <post>" || extensions["today"] != "2026-01-15" {
		t.Errorf("the link is %s", *c.Link)
	}
}

func TestALinkThatWouldBeTooLongIsNotMade(t *testing.T) {
	for length, long := range map[int]bool{8_100: false, 8_200: true} {
		c := cite(t, citation.Request{Document: strings.Repeat("#", length/3), Today: "2026-01-15"})
		if (c.Link == nil) != long || (c.WhyNoLink != "") != long {
			t.Errorf("%d bytes: %v %q", length, c.Link, c.WhyNoLink)
		}
		if long && !strings.Contains(c.WhyNoLink, fmt.Sprint(8<<10)) {
			t.Errorf("the limit is not told: %s", c.WhyNoLink)
		}
	}
}

func cite(t *testing.T, r citation.Request) *citation.Citation {
	t.Helper()
	c, err := citation.Cite("https://maps.example/graphql", r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

func text(s string) *string { return &s }
