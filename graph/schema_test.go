package graph_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"bordergraph"
	"bordergraph/graph"
)

var update = flag.Bool("update", false, "rewrite api.graphqls")

const published = "../api.graphqls"

func TestPublishedAPIIsWhatTheSchemaDerives(t *testing.T) {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(published, []byte(api.SDL), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != api.SDL {
		t.Error("api.graphqls is not what schema.graphqls and graph/service.graphqls derive: run make generate")
	}
}

func TestListsOfViewsAreCheckedAgainstTheAPI(t *testing.T) {
	schema, err := os.ReadFile("testdata/wrong-views.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	_, err = graph.Read(string(schema))
	if err == nil {
		t.Fatal("it was taken")
	}
	problems := strings.Split(err.Error(), "\n")
	for i, line := range strings.Split(string(schema), "\n") {
		_, reason, wrong := strings.Cut(line, "# wrong: ")
		if !wrong {
			continue
		}
		if wanted := fmt.Sprintf("schema.graphqls:%d: %s", i+1, reason); len(problems) == 0 || !strings.HasPrefix(problems[0], wanted) {
			t.Errorf("no problem says %q:\n%s", wanted, err)
			return
		}
		problems = problems[1:]
	}
	if len(problems) > 0 {
		t.Errorf("nothing is wrong there: %v", problems)
	}
}
