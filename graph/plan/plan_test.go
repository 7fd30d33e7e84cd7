package plan_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/plan"
)

func planned(t *testing.T, operation string, variables map[string]any) (*plan.Plan, gqlerror.List) {
	t.Helper()
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		t.Fatal(err)
	}
	doc, errs := gqlparser.LoadQueryWithRules(api.Schema, operation, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	return plan.New(&plan.Request{API: api, Operation: doc.Operations[0], Variables: variables, Today: "2026-01-15", Limits: plan.DefaultLimits})
}

func refused(t *testing.T, operation string, variables map[string]any, code, message string) {
	t.Helper()
	_, problems := planned(t, operation, variables)
	if len(problems) != 1 || problems[0].Extensions["code"] != code || !strings.Contains(problems[0].Message, message) {
		t.Errorf("got %v, want one %s with %q", problems, code, message)
	}
}

func TestAListInAListCostsTheirLengthsMultiplied(t *testing.T) {
	p, problems := planned(t, `{ borderPosts(first: 50) { nodes { sectors(first: 10) { nodes { id } } } } }`, nil)
	if problems != nil || p.Cost != 1+50*(1+10) {
		t.Errorf("cost %d, problems %v", p.Cost, problems)
	}
}

func TestALongTextIsRefused(t *testing.T) {
	refused(t, `query($name: String!) { borderPosts(where: {commune: {eq: $name}}) { totalCount } }`,
		map[string]any{"name": strings.Repeat("ế", 6000)}, plan.BadInput, "is 18000 bytes long; the limit is 16384")
}

func TestFragmentsThatMultiplyAreRefusedBeforeTheyAreSpreadOut(t *testing.T) {
	var operation strings.Builder
	operation.WriteString(`{ node(id: "post:taytrang") { ...F0 } } `)
	for i := range 6 {
		fmt.Fprintf(&operation, "fragment F%d on Node {", i)
		for alias := range 6 {
			fmt.Fprintf(&operation, " a%d: links(first: 0) { nodes { ...F%d } }", alias, i+1)
		}
		operation.WriteString("} ")
	}
	operation.WriteString("fragment F6 on Node { id }")
	_, problems := planned(t, operation.String(), nil)
	if len(problems) == 0 || problems[0].Extensions["code"] != plan.TooCostly || !strings.Contains(problems[0].Message, "more than 20000 fields and conditions") {
		t.Errorf("got %.300v", problems)
	}
}

func TestConditionsThatMultiplyThroughAVariableAreRefused(t *testing.T) {
	many := make([]any, 1000)
	for i := range many {
		many[i] = map[string]any{"commune": map[string]any{"eq": "x"}}
	}
	refused(t, `query($w: BorderPostWhere!) { borderPosts(where: {or: [`+strings.Repeat("$w ", 100)+`]}) { totalCount } }`,
		map[string]any{"w": map[string]any{"or": many}}, plan.TooCostly, "more than 20000 fields and conditions")
}

func TestConditionsOverTooManyRelationshipsAreRefused(t *testing.T) {
	refused(t, `{ borderPosts(where: {or: [`+strings.Repeat(`{sectors: {some: {}}} `, 33)+`]}) { totalCount } }`, nil,
		plan.TooCostly, "go over 33 relationships; the limit is 32")
}

func TestAnOrderOverTooManyRelationshipsIsRefused(t *testing.T) {
	refused(t, `{ sources(orderBy: [{`+strings.Repeat("copyOf: {", 9)+`id: ASC`+strings.Repeat("}", 9)+`}]) { totalCount } }`, nil,
		plan.TooDeep, "more than 8 lists and relationships")
}

func TestLinksOfLinksArePlannedOnceALevel(t *testing.T) {
	p, problems := planned(t, `{ node(id: "post:taytrang") { links(first: 10) { nodes { links(first: 10) { nodes { id } } } } } }`, nil)
	if problems != nil || p.Cost > 500 {
		t.Errorf("problems %v", problems)
	}
}

func TestTouchingCountsAsAWalk(t *testing.T) {
	refused(t, `{ activities(where: {or: [`+strings.Repeat(`{touching: ["prov:dienbien"]} `, 33)+`]}) { totalCount } }`, nil,
		plan.TooCostly, "go over 33 relationships; the limit is 32")
}

func TestAllListsOfAViewTouchOneValue(t *testing.T) {
	ids := func(lists string) (times int) {
		p, problems := planned(t, `{ overview(id: "prov:dienbien") {`+lists+`} }`, nil)
		if problems != nil {
			t.Fatal(problems)
		}
		for _, value := range p.Query.Args {
			if reflect.DeepEqual(value, []any{"prov:dienbien"}) {
				times++
			}
		}
		return times
	}
	if one, all := ids("posts { totalCount }"), ids("posts { totalCount } sectors { totalCount } agreements { totalCount }"); one != all {
		t.Errorf("the ids are %d values more for two lists more, so a store finds anew what leads there", all-one)
	}
}
