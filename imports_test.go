package bordergraph_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const own = "bordergraph/"

// imports are all that a package may import; "std" stands for the standard library.
var imports = []struct {
	pkg    string
	may    []string
	reason string
}{
	{"graph/query", []string{"std"},
		"it is what the API and the stores agree on: nobody needs GraphQL or a driver to write a store"},
	{"graph/cypher", []string{"cmp", "fmt", "maps", "reflect", "slices", "strconv", "strings", own + "graph/query"},
		"it is pure: a query in, a text out, so that the text is tested without a database"},
	{"graph/export", []string{"std", own + "graph/query", own + "graph/dataset"},
		"it reads from any store, and knows of GraphQL no more than they do"},
}

// importers are the only packages that may import something, or anything below it.
var importers = []struct {
	imported string
	by       []string
	reason   string
}{
	{"github.com/neo4j/neo4j-go-driver", []string{"graph/neo4j", "graph/neo4j/neo4jtest", "bench/hand"},
		"another driver, or another store, changes one package; what we compare ourselves with is none of ours"},
	{"go.etcd.io/bbolt", []string{"graph/embedded"},
		"how the embedded store keeps its file is its own affair"},
	{"github.com/99designs/gqlgen", []string{"graph", "graph/plan", "graph/service", "graph/storetest", "server"},
		"below the seam, nothing depends on how operations arrive"},
	{"github.com/vektah/gqlparser", []string{"graph", "graph/derive", "graph/plan", "graph/response", "graph/service", "graph/storetest", "server"},
		"below the plan, nobody knows of GraphQL"},
	{own + "graph/cypher", []string{"graph/neo4j", "graph/storetest"},
		"Cypher is for Neo4j alone; the conformance suite shows its text"},
	{own + "graph/plan", []string{"graph"},
		"operations are planned in one place, so that limits and scope hold for all of them"},
	{own + "graph/response", []string{"graph", "graph/plan"},
		"answers are written in one place"},
	{own + "server", nil,
		"the server wires everything; nothing needs it"},
}

func TestImportsFollowTheLayers(t *testing.T) {
	packages := list(t)
	for _, rule := range imports {
		if !slices.ContainsFunc(packages, func(p goPackage) bool { return p.name() == rule.pkg }) {
			t.Errorf("there is no package %s", rule.pkg)
		}
	}
	for _, p := range packages {
		for _, imported := range p.Imports {
			if reason := forbidden(p.name(), imported); reason != "" {
				t.Errorf("%s must not import %s: %s", p.name(), imported, reason)
			}
		}
	}
}

func TestForbiddenImportsAreTold(t *testing.T) {
	for _, c := range []struct{ pkg, imported string }{
		{"graph/query", "github.com/99designs/gqlgen/graphql"},
		{"graph/query", own + "graph/text"},
		{"graph/cypher", "os"},
		{"graph/plan", "github.com/neo4j/neo4j-go-driver/v5/neo4j"},
		{"graph/embedded", "github.com/vektah/gqlparser/v2/ast"},
		{"server", own + "graph/plan"},
	} {
		if forbidden(c.pkg, c.imported) == "" {
			t.Errorf("%s may import %s", c.pkg, c.imported)
		}
	}
}

// forbidden is why a package must not import something; empty if it may.
func forbidden(pkg, imported string) string {
	for _, rule := range imports {
		allowed := slices.Contains(rule.may, imported) || slices.Contains(rule.may, "std") && standard(imported)
		if rule.pkg == pkg && !allowed {
			return rule.reason
		}
	}
	for _, rule := range importers {
		covered := imported == rule.imported || strings.HasPrefix(imported, rule.imported+"/")
		if covered && !slices.Contains(rule.by, pkg) {
			return rule.reason
		}
	}
	return ""
}

// standard packages have no dot in the first part of their path.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") && first+"/" != own
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func (p goPackage) name() string { return strings.TrimPrefix(p.ImportPath, own) }

// list asks the go command for the packages of this module, without their tests.
func list(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
