package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Candidate is an object that may be recorded twice.
type Candidate struct {
	ID, Type string
	// Names are folded.
	Names []string
	// Key is what distinguishes the object, besides names, from others of its type; empty if that is not known.
	Key string
	// Located is whether the coordinates are known, in degrees.
	Located             bool
	Latitude, Longitude float64
}

// Reason is why two objects may be one. Those that weigh more come first.
type Reason int

// The reasons.
const (
	Recorded Reason = iota
	SameKey
	Close
	SameName
	SameWords
	reasons
)

var weights = [reasons]int{Recorded: 8, SameKey: 4, Close: 4, SameName: 4, SameWords: 2}

// closeBy is within how many metres two places are close.
const closeBy = 100

// Pair is two objects by their ids, the lesser first.
type Pair struct{ A, B string }

// PairOf is the pair of two objects.
func PairOf(a, b string) Pair { return Pair{min(a, b), max(a, b)} }

// Duplicate is a pair that may be one object, with all reasons why.
type Duplicate struct {
	Pair
	Reasons []Reason
}

// Weight is that of all reasons together.
func (d *Duplicate) Weight() int {
	sum := 0
	for _, r := range d.Reasons {
		sum += weights[r]
	}
	return sum
}

// Compare puts what weighs more first, then what has the lesser ids.
func (d *Duplicate) Compare(weight int, p Pair) int {
	return cmp.Or(weight-d.Weight(), strings.Compare(d.A, p.A), strings.Compare(d.B, p.B))
}

// Duplicates are the pairs of one type that may be one object, best first, without those that are known to be two.
// The recorded ones are pairs of candidates. It answers false if there are more than a limit.
func Duplicates(candidates []Candidate, recorded, different map[Pair]bool, limit int) ([]Duplicate, bool) {
	f := &duplicates{different: different, limit: limit, reasons: map[Pair][]Reason{}}
	for p := range recorded {
		f.add(p, Recorded)
	}
	f.alike(candidates, SameKey, func(c *Candidate) []string { return []string{c.Key} })
	f.close(candidates)
	f.alike(candidates, SameName, func(c *Candidate) []string { return c.Names })
	f.alike(candidates, SameWords, wordsOf)
	if len(f.reasons) > limit {
		return nil, false
	}
	var found []Duplicate
	for p, reasons := range f.reasons {
		found = append(found, Duplicate{p, reasons})
	}
	slices.SortFunc(found, func(a, b Duplicate) int { return a.Compare(b.Weight(), b.Pair) })
	return found, true
}

type duplicates struct {
	different map[Pair]bool
	limit     int
	reasons   map[Pair][]Reason
}

// add notes a reason once. That words are the same is none where names are.
func (f *duplicates) add(p Pair, r Reason) {
	known := f.reasons[p]
	if p.A == p.B || f.different[p] || slices.Contains(known, r) || r == SameWords && slices.Contains(known, SameName) {
		return
	}
	f.reasons[p] = append(known, r)
}

// alike adds the pairs of candidates of one type that have something in common, as long as they are few enough.
func (f *duplicates) alike(candidates []Candidate, reason Reason, traits func(*Candidate) []string) {
	with := map[[2]string][]string{}
	for i := range candidates {
		c := &candidates[i]
		for _, trait := range traits(c) {
			if trait == "" {
				continue
			}
			key := [2]string{c.Type, trait}
			for _, other := range with[key] {
				if f.add(PairOf(c.ID, other), reason); len(f.reasons) > f.limit {
					return
				}
			}
			with[key] = append(with[key], c.ID)
		}
	}
}

// wordsOf are the words of each name that has several, in one order.
func wordsOf(c *Candidate) []string {
	var all []string
	for _, name := range c.Names {
		if words := strings.Fields(name); len(words) > 1 {
			slices.Sort(words)
			all = append(all, strings.Join(words, " "))
		}
	}
	return all
}

const (
	metresPerDegree = 111_195
	degree          = math.Pi / 180
)

// close adds the pairs of one type that lie close to each other, sweeping from south to north.
func (f *duplicates) close(candidates []Candidate) {
	located := slices.DeleteFunc(slices.Clone(candidates), func(c Candidate) bool { return !c.Located })
	slices.SortFunc(located, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Latitude, b.Latitude), strings.Compare(a.ID, b.ID))
	})
	for i := range located {
		for j := i + 1; j < len(located) && (located[j].Latitude-located[i].Latitude)*metresPerDegree <= closeBy; j++ {
			if located[i].Type == located[j].Type && distance(&located[i], &located[j]) <= closeBy {
				f.add(PairOf(located[i].ID, located[j].ID), Close)
			}
			if len(f.reasons) > f.limit {
				return
			}
		}
	}
}

// distance is that of two near places, in metres.
func distance(a, b *Candidate) float64 {
	north := (a.Latitude - b.Latitude) * metresPerDegree
	east := (a.Longitude - b.Longitude) * metresPerDegree * math.Cos((a.Latitude+b.Latitude)/2*degree)
	return math.Hypot(north, east)
}
