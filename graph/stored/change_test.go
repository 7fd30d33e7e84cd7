package stored

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"bordergraph/graph/query"
)

func TestAChangeOfTheFormerVersionIsRead(t *testing.T) {
	model := query.NewModel("m", []*query.Type{{Name: "Post"}}, nil)
	post := query.NodeRecord{Type: model.Types[0], Values: make([]any, len(model.Types[0].Properties))}
	post.Values[query.NodeID] = "post:a"
	change := &query.Change{At: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Actor: "an", Nodes: []query.NodeChange{{After: &post}}}
	data, err := EncodeChange(change)
	if err != nil {
		t.Fatal(err)
	}
	_, compressed, err := readHead(data)
	if err != nil {
		t.Fatal(err)
	}
	former := append([]byte{withoutHead}, compressed...)
	for _, written := range [][]byte{data, former} {
		read, err := DecodeChange(model, written)
		if err != nil || !reflect.DeepEqual(read, change) {
			t.Errorf("the change is %v, %v", read, err)
		}
		head, err := DecodeHead(model, written)
		if want := (query.Head{At: change.At, Actor: "an", Records: 1}); err != nil || head != want {
			t.Errorf("its head is %v, %v", head, err)
		}
	}
}

func TestWhatIsNoHeadIsDamaged(t *testing.T) {
	whole := EncodeHead(&query.Change{Actor: "an"})
	for _, data := range [][]byte{nil, {9}, {version}, {version, 200}, whole[:len(whole)-1]} {
		if _, err := DecodeHead(nil, data); err != ErrDamaged {
			t.Errorf("%v: %v", data, err)
		}
	}
}

func TestAPartHoldsOnToNothingElseOfTheChange(t *testing.T) {
	model := query.NewModel("m", []*query.Type{{Name: "Post"}}, nil)
	change := &query.Change{Actor: "an"}
	for i := range 1000 {
		post := query.NodeRecord{Type: model.Types[0], Values: make([]any, len(model.Types[0].Properties))}
		post.Values[query.NodeID], post.Values[query.NodeName] = fmt.Sprint("post:", i), strings.Repeat("xã ", 300)
		change.Nodes = append(change.Nodes, query.NodeChange{After: &post})
	}
	data, err := EncodeChange(change)
	if err != nil {
		t.Fatal(err)
	}
	before := live()
	var parts []*query.Change
	for range 50 {
		part, err := DecodePart(model, data, map[string]bool{"post:7": true})
		if err != nil || len(part.Nodes) != 1 {
			t.Fatal(part, err)
		}
		parts = append(parts, part)
	}
	if each := (live() - before) / len(parts); each > 20_000 {
		t.Errorf("a part of one node takes %d bytes", each)
	}
	runtime.KeepAlive(parts)
}

func live() int {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}
