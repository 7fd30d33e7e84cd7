package neo4j_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/storetest"
)

// What some writers write in a second, each one object after another, as a multiple of what one alone does:
//
//	go test ./graph/neo4j -run '^$' -bench Writers -benchtime 1x
func BenchmarkWriters(b *testing.B) {
	api, _ := storetest.BundledLarge(b)
	server := neo4jtest.Start(b)
	server.Clear(b)
	store, err := neo4j.Open(b.Context(), config(server), api.Model)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	var lock sync.Mutex
	round := 0
	one := func() {
		lock.Lock()
		round++
		made, err := storetest.Batch(api.Model, round, 1, 0)
		lock.Unlock()
		if err == nil {
			err = storetest.Put(b.Context(), store, made.Nodes, made.Links)
		}
		if err != nil {
			b.Error(err)
		}
	}
	perSecond := func(writers, each int) float64 {
		var group sync.WaitGroup
		began := time.Now()
		for range writers {
			group.Go(func() {
				for range each {
					one()
				}
			})
		}
		group.Wait()
		return float64(writers*each) / time.Since(began).Seconds()
	}
	perSecond(1, 500) // so that Neo4j has compiled what it runs
	for _, writers := range []int{2, 4, 16} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			for b.Loop() {
				alone, together := perSecond(1, 300), perSecond(writers, 1200/writers)
				b.ReportMetric(together, "objects/s")
				b.ReportMetric(together/alone, "to-one")
			}
		})
	}
}
