package main

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
)

func TestSettingsThatCannotBeFollowedStopTheStart(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		says string
	}{
		{"unknown flag", []string{"--stor", "neo4j"}, nil, "unknown flag --stor"},
		{"unknown command", []string{"lod"}, nil, "unexpected argument lod"},
		{"unknown variable", nil, map[string]string{"BORDERGRAPH_STOR": "neo4j"}, "unknown setting BORDERGRAPH_STOR: known are BORDERGRAPH_LISTEN"},
		{"unknown store", []string{"--store", "postgres"}, nil, `--store must be one of "embedded","neo4j" but got "postgres"`},
		{"Neo4j beside the embedded store", []string{"--store", "embedded"}, map[string]string{"NEO4J_URI": "bolt://127.0.0.1:1"}, "the store is embedded: add --store neo4j"},
		{"password beside the embedded store", nil, map[string]string{"NEO4J_PASSWORD": "s3cret"}, "the store is embedded: add --store neo4j"},
		{"file beside Neo4j", []string{"--store", "neo4j", "--data", "x.db"}, map[string]string{"NEO4J_URI": "bolt://127.0.0.1:1"}, "the store is neo4j: leave it out"},
		{"Neo4j without an address", nil, map[string]string{"BORDERGRAPH_STORE": "neo4j"}, "set NEO4J_URI"},
		{"password without a user", []string{"--store", "neo4j"}, map[string]string{"NEO4J_URI": "bolt://127.0.0.1:1", "NEO4J_PASSWORD": "s3cret"}, "set NEO4J_USERNAME"},
		{"origin that is none", []string{"--cors-origin", "https://maps.example/"}, nil, `"https://maps.example/" is no origin`},
		{"all origins", nil, map[string]string{"BORDERGRAPH_CORS_ORIGINS": "https://maps.example,*"}, `"*" is no origin`},
		{"public address without a scheme", []string{"--public-url", "example.org"}, nil, `"example.org" is no public address`},
		{"public address with a slash", nil, map[string]string{"BORDERGRAPH_PUBLIC_URL": "https://example.org/"}, "without a slash at its end"},
		{"public address with a password", []string{"--public-url", "https://me:pass@example.org"}, nil, "is no public address"},
		{"header that is none", []string{"--actor-header", "X Forwarded User"}, nil, `"X Forwarded User" is no header that can name who asks`},
		{"header that names the server", []string{"--actor-header", "host"}, nil, `"host" is no header that can name who asks`},
		{"address that is none", []string{"--listen", "nowhere"}, nil, "listen on nowhere: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			clearSettings(t)
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			t.Chdir(t.TempDir())
			err := run(t.Context(), c.args, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("got %v, want one line with %q", err, c.says)
			}
		})
	}
}

func TestEveryFlagHasATwinInTheEnvironment(t *testing.T) {
	clearSettings(t)
	t.Setenv("BORDERGRAPH_LISTEN", "127.0.0.1:0")
	t.Setenv("BORDERGRAPH_STORE", "embedded")
	t.Setenv("BORDERGRAPH_DATA", ":memory:")
	t.Setenv("BORDERGRAPH_PUBLIC_URL", "https://maps.example/borders")
	t.Setenv("BORDERGRAPH_CORS_ORIGINS", "https://maps.example,http://localhost:3000")
	t.Setenv("BORDERGRAPH_ACTOR_HEADER", "X-Forwarded-User")
	ctx, end := context.WithCancel(t.Context())
	out := &untilReady{end: end}
	if err := run(ctx, nil, out, io.Discard); err != nil || !strings.Contains(out.String(), "ready on http://127.0.0.1:") {
		t.Errorf("got %v %q", err, out.String())
	}
}

// untilReady is an output that ends the program when it says that it is ready.
type untilReady struct {
	strings.Builder
	end context.CancelFunc
}

func (u *untilReady) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "ready") {
		u.end()
	}
	return u.Builder.Write(p)
}

// clearSettings hides the settings of whoever runs the tests.
func clearSettings(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "BORDERGRAPH_") || strings.HasPrefix(name, "NEO4J_") {
			t.Setenv(name, "") // so that it comes back
			os.Unsetenv(name)
		}
	}
}
