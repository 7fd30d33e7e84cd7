package neo4jtest

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

const version = "5.26.25"

//go:embed pom.xml
var pom []byte

// missingError says why there is no server, and how to get one.
type missingError struct{ reason string }

func (e *missingError) Error() string {
	return "no Neo4j: " + e.reason + "; install Java 17 or later and Maven, or set NEO4J_URI, NEO4J_USERNAME and NEO4J_PASSWORD to those of an empty Neo4j " +
		"(docker run -p 7687:7687 -e NEO4J_AUTH=neo4j/password neo4j:5.26)"
}

// assembled is the directory of the server's jars, in the user's cache; it is made the first time.
func assembled() (string, error) {
	if err := java17(); err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	home := filepath.Join(cache, "bordergraph")
	lib := filepath.Join(home, "neo4j-"+version)
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(lib + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(lib); err == nil {
		return lib, nil
	}
	return lib, assemble(home, lib)
}

func assemble(home, lib string) error {
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return &missingError{"there is no mvn"}
	}
	work, err := os.MkdirTemp(home, "assembling-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.WriteFile(filepath.Join(work, "pom.xml"), pom, 0o644); err != nil {
		return err
	}
	maven := exec.Command(mvn, "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib", "-DincludeScope=runtime")
	maven.Dir = work
	if output, err := maven.CombinedOutput(); err != nil {
		return fmt.Errorf("assembling Neo4j with mvn: %w\n%s", err, output)
	}
	return os.Rename(filepath.Join(work, "lib"), lib)
}

var javaVersion = regexp.MustCompile(`version "(\d+)`)

func java17() error {
	output, err := exec.Command("java", "-version").CombinedOutput()
	if err != nil {
		return &missingError{"there is no java"}
	}
	found := javaVersion.FindSubmatch(output)
	if found == nil {
		return &missingError{"java -version does not say its version"}
	}
	if major, _ := strconv.Atoi(string(found[1])); major < 17 {
		return &missingError{fmt.Sprintf("java is version %d", major)}
	}
	return nil
}
