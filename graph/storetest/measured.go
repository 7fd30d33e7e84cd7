package storetest

import (
	"fmt"
	"strings"
)

// Measured are the operations that gates and benchmarks ask of the large graph, by name. Page takes
// the variable after; null is the first page.
var Measured = map[string]string{
	"point":       `{ borderPost(id: "borderpost:4711") { id name } }`,
	"list of 100": `{ borderPosts(first: 100, orderBy: {name: ASC}) { nodes { id name } } }`,
	"50 x 10 nested": `{ borderSectors(first: 50, orderBy: {name: ASC}) { nodes { id name
		posts(first: 10, orderBy: {name: ASC}) { nodes { id name } } } } }`,
	"page": `query($after: String) { borderPosts(first: 10, after: $after, orderBy: {name: ASC}) {
		nodes { id name } pageInfo { hasNextPage endCursor } } }`,
	"some and none over 3 hops": `{ borderPosts(first: 20, orderBy: {name: ASC}, where: {twinnings: {
		some: {counterparts: {some: {country: {id: {in: ["country:1", "country:2", "country:3", "country:4"]}}}}},
		none: {counterparts: {some: {country: {id: {in: ["country:5", "country:6"]}}}}}}}) { nodes { id name } } }`,
	"20 roots": twentyRoots(),
	"4 hops deep": `{ borderSectors(first: 10, orderBy: {name: ASC}) { nodes { name
		posts(first: 10, orderBy: {name: ASC}) { nodes { name
			twinnings(first: 5, orderBy: {name: ASC}) { nodes { name
				counterparts(first: 5, orderBy: {name: ASC}) { nodes { name country { name } } } } } } } } } }`,
	"list of an interface":      `{ places(first: 100, orderBy: {name: ASC}) { nodes { id name __typename } } }`,
	"search":                    `{ search(text: "sơn la 12", first: 10) { edges { match node { id name } } } }`,
	"links of 20":               `{ borderPosts(first: 20, orderBy: {name: ASC}) { nodes { links(first: 10) { edges { type direction node { id name } } } } } }`,
	"list of 1,000, one nested": `{ borderPosts(first: 1000, orderBy: {name: ASC}) { nodes { id name province { name } } } }`,
}

func twentyRoots() string {
	var roots strings.Builder
	for i := range 20 {
		fmt.Fprintf(&roots, ` post%d: borderPost(id: "borderpost:%d") { id name }`, i, i)
	}
	return "{" + roots.String() + " }"
}
