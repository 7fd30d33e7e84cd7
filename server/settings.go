package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
)

const (
	embeddedStore = "embedded"
	neo4jStore    = "neo4j"
)

// settings are the flags of every command, each with a twin in the environment.
type settings struct {
	Listen      string        `default:"127.0.0.1:8080" env:"BORDERGRAPH_LISTEN" help:"Address to answer on; port 0 takes a free one."`
	CORSOrigins []string      `name:"cors-origin" env:"BORDERGRAPH_CORS_ORIGINS" placeholder:"ORIGIN" help:"Web origins, besides the server's own, whose pages may ask, such as https://example.org. Default: none."`
	PublicURL   string        `name:"public-url" env:"BORDERGRAPH_PUBLIC_URL" placeholder:"URL" help:"Address at which people reach the server, such as https://example.org, for the links in citations. Default: links without a host."`
	ActorHeader string        `name:"actor-header" env:"BORDERGRAPH_ACTOR_HEADER" placeholder:"HEADER" help:"Header in which a trusted proxy names who asks, such as X-Forwarded-User, whatever the client sent: changes are made in that name. Default: none, changes are anonymous."`
	Store       string        `enum:"embedded,neo4j" default:"embedded" env:"BORDERGRAPH_STORE" help:"Where the graph is kept: embedded or neo4j."`
	Data        string        `env:"BORDERGRAPH_DATA" placeholder:"FILE" help:"File of the embedded store; ':memory:' for none. Default: ./bordergraph.db."`
	Neo4j       neo4jSettings `embed:"" prefix:"neo4j-" envprefix:"NEO4J_"`
}

type neo4jSettings struct {
	URI      string `env:"URI" placeholder:"URI" help:"Address of Neo4j, such as neo4j://localhost:7687."`
	Username string `env:"USERNAME" placeholder:"NAME" help:"User of Neo4j. The password is read from NEO4J_PASSWORD only."`
	Database string `env:"DATABASE" placeholder:"NAME" help:"Database in Neo4j. Default: the user's home database."`
	// Password has no flag: other users of the machine can read the flags of a program.
	Password string `kong:"-"`
}

// complete takes the password from the environment and fills in the defaults, or says what the
// settings contradict each other in.
func (s *settings) complete() error {
	s.Neo4j.Password = os.Getenv("NEO4J_PASSWORD")
	switch {
	case s.Store == embeddedStore && s.Neo4j != neo4jSettings{}:
		return errors.New("settings for Neo4j (NEO4J_...) are given, but the store is embedded: add --store neo4j, or leave them out")
	case s.Store == neo4jStore && s.Data != "":
		return errors.New("a file is given (--data), but the store is neo4j: leave it out, or add --store embedded")
	case s.Store == neo4jStore && s.Neo4j.URI == "":
		return errors.New("the store is neo4j, but its address is not given: set NEO4J_URI")
	case s.Neo4j.Password != "" && s.Neo4j.Username == "":
		return errors.New("NEO4J_PASSWORD is given, but not whose it is: set NEO4J_USERNAME")
	}
	if s.Store == embeddedStore && s.Data == "" {
		s.Data = "./bordergraph.db"
	}
	if err := checkPublicURL(s.PublicURL); err != nil {
		return err
	}
	if s.ActorHeader != "" && (!headerName.MatchString(s.ActorHeader) || strings.EqualFold(s.ActorHeader, "Host")) {
		return fmt.Errorf("%q is no header that can name who asks: write letters, digits, hyphens and underscores, such as X-Forwarded-User", s.ActorHeader)
	}
	return checkOrigins(s.CORSOrigins)
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// refuseUnknown refuses a variable that looks like a setting and is none: most likely a slip, which
// would otherwise be without effect.
func refuseUnknown(environ, known []string) error {
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "BORDERGRAPH_") && !slices.Contains(known, name) {
			return fmt.Errorf("unknown setting %s: known are %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// checkPublicURL refuses what "/graphql" cannot be put behind.
func checkPublicURL(address string) error {
	u, err := url.Parse(address)
	if address != "" && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Scheme+"://"+u.Host+u.EscapedPath() != address || strings.HasSuffix(address, "/")) {
		return fmt.Errorf("%q is no public address: write scheme, host and, where there is one, a path without a slash at its end, such as https://example.org/borders", address)
	}
	return nil
}

// checkOrigins refuses what a browser would never send as an origin.
func checkOrigins(origins []string) error {
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Scheme+"://"+u.Host != origin || strings.Contains(origin, "*") {
			return fmt.Errorf("%q is no origin: write scheme, host and port only, such as https://example.org", origin)
		}
	}
	return nil
}
