package neo4j

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"

	"bordergraph/graph/cypher"
	"bordergraph/graph/query"
)

// Open connects to a Neo4j, and refuses one that cannot be reached, is too old, holds other data, or
// holds data that does not fit the model; in all these cases nothing is touched. Else it sees to
// it that the constraint and the indexes are there.
func Open(ctx context.Context, c Config, model *query.Model) (*Store, error) {
	s, err := connect(c, model)
	if err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func connect(c Config, model *query.Model) (*Store, error) {
	d, err := driver.NewDriverWithContext(c.URI, driver.BasicAuth(c.Username, c.Password, ""), settings)
	if err != nil {
		return nil, errors.New("NEO4J_URI is no address of a Neo4j: write it as bolt://host:7687, or neo4j://host:7687 for a cluster")
	}
	sent := c.OnStatement
	if sent == nil {
		sent = func(string) {}
	}
	statements, _ := lru.New[*query.Column, cypher.Statement](maxStatements) // fails for a size below 1 only
	var bookmarks driver.BookmarkManager
	if strings.HasPrefix(c.URI, "neo4j") {
		// A single server shows each read all that it has confirmed; the members of a cluster wait for it.
		bookmarks = driver.NewBookmarkManager(driver.BookmarkManagerConfig{})
	}
	s := &Store{driver: d, model: model, statements: statements, replacing: c.Replacing, timeout: cmp.Or(c.ReadTimeout, readTimeout), sent: sent, sessions: driver.SessionConfig{
		DatabaseName:    c.Database,
		FetchSize:       driver.FetchAll,
		BookmarkManager: bookmarks,
	}}
	s.feed = newFeed(s.lastChange)
	return s, nil
}

// settings bound every wait: the driver's own take most of a minute to notice a server that is gone.
func settings(c *config.Config) {
	c.SocketConnectTimeout = 2 * time.Second
	c.ConnectionAcquisitionTimeout = 2 * time.Second
	c.ConnectionLivenessCheckTimeout = 30 * time.Second
	c.MaxTransactionRetryTime = 5 * time.Second
	c.TelemetryDisabled = true
}

const connectTimeout = 5 * time.Second

func (s *Store) open(ctx context.Context) error {
	if err := s.checkServer(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if err := s.checkContents(ctx); err != nil {
		return outward(ctx, "open the graph", err)
	}
	if err := s.prepare(ctx); err != nil {
		return outward(ctx, "make constraints and indexes", err)
	}
	if s.replacing {
		return nil
	}
	return s.begin(ctx)
}

func (s *Store) checkServer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	server, err := s.driver.GetServerInfo(ctx)
	var refused *driver.Neo4jError
	switch {
	case err == nil:
		return checkVersion(server.Agent())
	case errors.As(err, &refused) && refused.HasSecurityCode():
		return errors.New("Neo4j refuses the user name or the password: correct NEO4J_USERNAME and NEO4J_PASSWORD")
	}
	return &query.Error{Code: query.Unavailable, Message: "Neo4j does not answer: correct NEO4J_URI, or start the server", Cause: err}
}

// checkVersion takes the agent that a server names, such as Neo4j/5.26.25.
func checkVersion(agent string) error {
	version := strings.TrimPrefix(agent, "Neo4j/")
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return fmt.Errorf("the server is %q: Neo4j 5.26 or later is needed", agent)
	}
	major, _ := strconv.Atoi(parts[0])
	minor, _ := strconv.Atoi(strings.TrimSuffix(parts[1], "-aura"))
	if major < 5 || major == 5 && minor < 26 {
		return fmt.Errorf("Neo4j is version %s: 5.26 or later is needed", version)
	}
	return nil
}

// The mark is a node that tells our graph from others. It is no part of the graph.
const (
	readMark     = "RETURN EXISTS { MATCH (:`BordergraphContents`) } AS marked, EXISTS { MATCH () } AS used"
	writeMark    = "MERGE (c:`BordergraphContents` {`id`: 'contents'})"
	readContents = "MATCH (c:`BordergraphContents`) WHERE c.`dataset` IS NOT NULL RETURN c.`dataset`, c.`schema`"
)

func (s *Store) checkContents(ctx context.Context) error {
	records, err := s.read(ctx, readMark, nil)
	var refused *driver.Neo4jError
	if errors.As(err, &refused) && refused.Code == "Neo.ClientError.Database.DatabaseNotFound" {
		return errors.New("Neo4j has no database of this name: correct NEO4J_DATABASE, or leave it out")
	}
	if err != nil {
		return err
	}
	marked, used := records[0].Values[0].(bool), records[0].Values[1].(bool)
	if !marked && used {
		return &query.Error{Code: query.Foreign, Message: "the database of NEO4J_URI holds data of something else: name an empty one"}
	}
	contents, err := s.Contents(ctx)
	if err != nil || contents == nil || contents.Schema == s.model.Fingerprint || s.replacing {
		return err
	}
	return s.checkFit(ctx)
}

// prepare makes what is missing of the constraints and indexes, and waits until they serve.
func (s *Store) prepare(ctx context.Context) error {
	records, err := s.read(ctx, "SHOW INDEXES YIELD name RETURN collect(name)", nil)
	if err != nil {
		return err
	}
	present := map[any]bool{}
	for _, name := range records[0].Values[0].([]any) {
		present[name] = true
	}
	for _, index := range indexes(s.model) {
		if present[index.name] {
			continue
		}
		if err := s.write(ctx, index.text); err != nil {
			return err
		}
	}
	if err := s.write(ctx, writeMark); err != nil {
		return err
	}
	return s.write(ctx, "CALL db.awaitIndexes(60)")
}

// write runs a statement of its own transaction that answers nothing, and may be run again.
func (s *Store) write(ctx context.Context, text string) error {
	began, rest := time.Now(), retryPause
	for {
		err := s.writeOnce(ctx, text)
		if err == nil || !driver.IsRetryable(err) && !madeMeanwhile(err) || time.Since(began) > retryTime || !pause(ctx, rest) {
			return err
		}
		rest *= 2
	}
}

// madeMeanwhile is whether another server that starts has made the same constraint or index: IF NOT EXISTS looks
// before it waits for the lock.
func madeMeanwhile(err error) bool {
	var refused *driver.Neo4jError
	return errors.As(err, &refused) && strings.HasPrefix(refused.Code, "Neo.ClientError.Schema.") && strings.HasSuffix(refused.Code, "AlreadyExists")
}

func (s *Store) writeOnce(ctx context.Context, text string) error {
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(session)
	s.sent(text)
	result, err := session.Run(ctx, text, nil, driver.WithTxTimeout(remaining(ctx)))
	if err != nil {
		return err
	}
	_, err = result.Consume(ctx)
	return err
}
