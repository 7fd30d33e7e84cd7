package derive_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"bordergraph"
	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

func read(t *testing.T, schema string) *derive.API {
	t.Helper()
	api, err := derive.New(schema, "")
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func TestARelationshipIsDeclaredOnceAndReadFromBothEnds(t *testing.T) {
	api := read(t, `
		type Post @node { unit: Unit @relationship(type: "FACES", inverse: "posts") }
		type Unit @node { strength: Int }`)
	toUnit := api.Field("Post", "unit").(*derive.ToOne)
	toPosts := api.Field("Unit", "posts").(*derive.Connection)
	if len(api.Model.Relationships) != 1 || toUnit.Steps[0].Relationship != toPosts.Steps[0].Relationship {
		t.Error("the two ends are not one relationship")
	}
	if toUnit.Steps[0].Direction != query.Out || toPosts.Steps[0].Direction != query.In {
		t.Error("the directions are not Out and In")
	}
	if history := api.Field("Post", "unitHistory").(*derive.Connection); !history.History {
		t.Error("unitHistory is not over all time")
	}
}

func TestAConstantRelationshipHasNoHistory(t *testing.T) {
	api := read(t, `
		type Post @node { country: Country! @relationship(type: "IN_COUNTRY", inverse: "posts", constant: true) }
		type Country @node { iso3: String }`)
	if api.Field("Post", "country") == nil || api.Field("Post", "countryHistory") != nil {
		t.Error("Post has no country, or its history")
	}
}

func TestASymmetricRelationshipIsReadFromEitherEndByOneField(t *testing.T) {
	api := read(t, `type Unit @node { sameAs: [Unit!]! @relationship(type: "SAME_AS", direction: BOTH) }`)
	if step := api.Field("Unit", "sameAs").(*derive.Connection).Steps[0]; step.Direction != query.Both || !step.Relationship.Symmetric {
		t.Errorf("step is %+v", step)
	}
}

func TestAPolymorphicEndHasTheInverseOnEveryType(t *testing.T) {
	api := read(t, `
		interface Place { population: Int }
		type Town implements Place @node { population: Int }
		type Village implements Place @node { population: Int }
		type Talks @node { heldIn: [Place!]! @relationship(type: "HELD_IN", inverse: "talks") }`)
	if target := api.Field("Talks", "heldIn").(*derive.Connection).Target; len(target.Types) != 2 || !target.Abstract() {
		t.Errorf("target is %+v", target)
	}
	for _, place := range []string{"Town", "Village"} {
		if _, ok := api.Field(place, "talks").(*derive.Connection); !ok {
			t.Errorf("%s has no talks", place)
		}
	}
}

func TestAShortcutGoesOverTheNodeInTheMiddle(t *testing.T) {
	api := read(t, bordergraph.Schema)
	shortcut := api.Field("BorderPost", "twinnedWith").(*derive.Connection)
	if len(shortcut.Steps) != 2 || shortcut.Steps[0].Direction != query.In || shortcut.Steps[1].Direction != query.Out {
		t.Errorf("steps are %+v", shortcut.Steps)
	}
	if shortcut.Via.Name != "PostTwinning" || shortcut.ViaWhere[0].Value != "TWINNED" {
		t.Errorf("via %s where %+v", shortcut.Via.Name, shortcut.ViaWhere)
	}
	if api.Field("CounterpartUnitViaPostTwinningEdge", "postTwinning") != derive.PartEdgeVia {
		t.Error("the edge does not show the node in the middle")
	}
}

func TestFactsOfARelationshipStandOnItsEdge(t *testing.T) {
	api := read(t, bordergraph.Schema)
	if p, ok := api.Field("BorderSectorPlacementEdge", "basis").(*derive.Property); !ok || p.Name != "basis" {
		t.Error("the edge of BorderPost.sectors has no basis")
	}
}

func TestWhatSomethingTouchesIsSaidByWhatLocates(t *testing.T) {
	api := read(t, `
		type Post @node {
			town: Town @relationship(type: "IN_TOWN", locates: CONTENTS)
			sectors: [Sector!]! @relationship(type: "IN_SECTOR", locates: ITSELF)
		}
		type Town @node { partner: Town @relationship(type: "PARTNER") }
		type Sector @node { town: Town @relationship(type: "IN_TOWN") }`)
	ofPost, ofSector := api.Input("PostWhere", "touching").(*derive.Touching), api.Input("SectorWhere", "touching").(*derive.Touching)
	if len(ofPost.Own) != 1 || ofPost.Own[0].Name != "IN_SECTOR" || ofSector.Own != nil {
		t.Errorf("own are %v and %v", ofPost.Own, ofSector.Own)
	}
	if len(ofPost.Onward) != 2 || len(ofSector.Onward) != 2 {
		t.Errorf("onward are %v and %v", ofPost.Onward, ofSector.Onward)
	}
}

func TestWithoutALocationNothingTouches(t *testing.T) {
	api := read(t, `type Post @node { commune: String }`)
	if api.Input("PostWhere", "touching") != nil {
		t.Error("posts touch something")
	}
}

func TestTypesOfALargeInterfaceShareALabel(t *testing.T) {
	var schema strings.Builder
	schema.WriteString("interface Party { size: Int }\n")
	for _, name := range []string{"A", "B", "C", "D", "E", "F"} {
		schema.WriteString("type " + name + " implements Party @node { size: Int }\n")
	}
	if labels := read(t, schema.String()).Model.Type("A").Labels; len(labels) != 2 || labels[1] != "Party" {
		t.Errorf("labels are %v", labels)
	}
}

func TestAnInterfaceWithoutFieldsHasThoseOfEveryNode(t *testing.T) {
	api := read(t, `
		interface Place
		type Town implements Place @node { population: Int }
		type Talks @node { heldIn: [Place!]! @relationship(type: "HELD_IN") }`)
	if api.Field("Place", "facts") != derive.PartFacts {
		t.Error("a place has no facts")
	}
}

func TestAPropertyMayHaveAnotherNameInTheData(t *testing.T) {
	api := read(t, `
		type Talks @node {
			participantCount: Int @property(name: "participants")
			participants: [Talks!]! @relationship(type: "HAS_PARTICIPANT", properties: "Part")
		}
		type Part { remark: String @property(name: "note") }`)
	if p := api.Field("Talks", "participantCount").(*derive.Property); p.Name != "participants" {
		t.Errorf("it is stored as %s", p.Name)
	}
	if p := api.Field("TalksPartEdge", "remark").(*derive.Property); p.Name != "note" {
		t.Errorf("on the edge it is stored as %s", p.Name)
	}
}

func TestListsAreOrderedByTheFirstDayOfValidity(t *testing.T) {
	api := read(t, `type Post @node { commune: String }`)
	if p, ok := api.Input("PostOrder", "validFrom").(*derive.Property); !ok || p.Name != "validFrom" {
		t.Error("there is no such order")
	}
}

func TestSDLStaysWithinItsBudgetPerType(t *testing.T) {
	api := read(t, bordergraph.Schema)
	if perType := len(api.SDL) / len(api.Model.Types); perType > 11<<10 {
		t.Errorf("%d bytes of SDL a type; the budget is 11 KiB", perType)
	}
}

func TestEveryElementOfTheAPIIsDescribed(t *testing.T) {
	api := read(t, bordergraph.Schema)
	for name, def := range api.Schema.Types {
		if def.BuiltIn {
			continue
		}
		if def.Description == "" {
			t.Errorf("%s has no description", name)
		}
		for _, f := range def.Fields {
			if f.Description == "" && !strings.HasPrefix(f.Name, "__") {
				t.Errorf("%s.%s has no description", name, f.Name)
			}
			for _, a := range f.Arguments {
				if a.Description == "" && !strings.HasPrefix(f.Name, "__") {
					t.Errorf("%s.%s(%s:) has no description", name, f.Name, a.Name)
				}
			}
		}
		for _, v := range def.EnumValues {
			if v.Description == "" {
				t.Errorf("%s.%s has no description", name, v.Name)
			}
		}
	}
}

func TestLanguagesOfTheAPIAreThoseOfTheModel(t *testing.T) {
	var values []string
	for _, v := range read(t, bordergraph.Schema).Schema.Types["Language"].EnumValues {
		values = append(values, strings.ToLower(v.Name))
	}
	if !slices.Equal(values, query.Languages) {
		t.Errorf("the API has %v, the model %v", values, query.Languages)
	}
}

func TestAWrongSchemaIsRefusedWithAllThatIsWrong(t *testing.T) {
	schema, err := os.ReadFile("testdata/wrong.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	_, err = derive.New(string(schema), "")
	if err == nil {
		t.Fatal("it was taken")
	}
	// Each line of the schema that ends in "# wrong: X" must give a problem with X in it.
	problems := strings.Split(err.Error(), "\n")
	wanted := 0
	for _, line := range strings.Split(string(schema), "\n") {
		_, reason, ok := strings.Cut(line, "# wrong: ")
		if !ok {
			continue
		}
		wanted++
		if !strings.Contains(err.Error(), reason) {
			t.Errorf("no problem says %q", reason)
		}
	}
	if len(problems) != wanted {
		t.Errorf("%d problems, wanted %d:\n%s", len(problems), wanted, err)
	}
}

func TestAServiceFieldMayNotReturnAGraphType(t *testing.T) {
	_, err := derive.New(`type Post @node { commune: String }`, `type Query { best: Post }`)
	if err == nil || !strings.Contains(err.Error(), "Query.best") {
		t.Errorf("error is %v", err)
	}
}

func TestEveryTermOfTheBundledSchemaHasALabelInVietnamese(t *testing.T) {
	api := read(t, bordergraph.Schema)
	for _, enum := range []string{"NodeType", "LinkType", "TwinningStatus", "InForce", "DatePrecision"} {
		terms := api.Vocabulary(enum)
		if len(terms) == 0 {
			t.Errorf("%s has no terms", enum)
		}
		for _, term := range terms {
			if term.LabelVi == "" || term.LabelVi == term.LabelEn || term.Meaning == "" {
				t.Errorf("%s.%s is labelled %q and %q, meaning %q", enum, term.Code, term.LabelVi, term.LabelEn, term.Meaning)
			}
		}
	}
}

func TestWhatIsWrongWithAlikeAndSamenessIsTold(t *testing.T) {
	for schema, want := range map[string]string{
		`type Post @node @alike(values: ["colour"]) { number: Int }`:                                                                              `Post: @alike: values: "colour" is no property that is a single value`,
		`type Post @node @alike(values: ["tags"]) { tags: [String!] }`:                                                                            `Post: @alike: values: "tags" is no property that is a single value`,
		`type Post @node @alike(near: ["x"]) { x: Float }`:                                                                                        `Post: @alike: near has two fields`,
		`type Post @node { town: Town @relationship(type: "IN", sameness: NONE) } type Town @node { name2: String }`:                              `Post.town: sameness is told of objects of one type only`,
		`type Post @node { a: [Post!]! @relationship(type: "SAME", sameness: NONE) } type Town @node { b: [Town!]! @relationship(type: "SAME") }`: `Town.b: another relationship SAME says of sameness "NONE", this one ""`,
	} {
		if _, err := derive.New(schema, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
