package derive

import (
	"os"
	"testing"
)

func TestBundledSchemaDerives(t *testing.T) {
	schema, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	api, err := New(string(schema), "")
	if err != nil {
		t.Fatal(err)
	}
	if api.Field("BorderPost", "twinnedWith") == nil || api.Model.Type("BorderPost") == nil {
		t.Error("BorderPost.twinnedWith is not derived")
	}
}
