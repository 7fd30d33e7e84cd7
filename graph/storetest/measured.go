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
	"list of an interface": `{ places(first: 100, orderBy: {name: ASC}) { nodes { id name __typename } } }`,
	"search":               `{ search(text: "sơn la 12", first: 10) { edges { match node { id name } } } }`,
	"links of 20":          `{ borderPosts(first: 20, orderBy: {name: ASC}) { nodes { links(first: 10) { edges { type direction node { id name } } } } } }`,
	"paths":                `{ paths(from: "borderpost:11", to: "borderpost:20012", first: 3) { hasMore paths { length nodes { id name } links { id type from to } } } }`,
	"paths over a hub":     `{ paths(from: "borderpost:0", to: "borderpost:5", first: 3, relationships: [IN_PROVINCE]) { hasMore paths { length nodes { id name } links { type } } } }`,
	"paths without hubs":   `{ paths(from: "borderpost:11", to: "borderpost:12", first: 3, maxSteps: 4, maxDegree: 200) { hasMore paths { length nodes { id name } links { type } } } }`,
	"reachable":            `{ reachable(from: "borderpost:11", types: [COUNTERPART_UNIT], maxSteps: 3, first: 20) { hasMore nodes { distance node { id name } } } }`,
	"graph":                `{ graph(around: "borderpost:11", depth: 2, limit: 200) { truncated nodes { id name __typename } links { id type from to } } }`,
	"graph around a hub":   `{ graph(around: "province:0", depth: 1, limit: 200) { truncated nodes { id name __typename } links { id type from to } } }`,
	"difference": `{ difference(from: "2019-12-31", to: "2024-12-31", where: {type: {eq: POST_TWINNING}}) { appeared(first: 20) { nodes { id name } }
		ended(first: 20) { nodes { id name } } changed(first: 20) { edges { node { id } before(first: 5) { edges { type node { id } } } after(first: 5) { edges { type node { id } } } } } } }`,
	"list of 1,000, one nested": `{ borderPosts(first: 1000, orderBy: {name: ASC}) { nodes { id name province { name } } } }`,
}

func twentyRoots() string {
	var roots strings.Builder
	for i := range 20 {
		fmt.Fprintf(&roots, ` post%d: borderPost(id: "borderpost:%d") { id name }`, i, i)
	}
	return "{" + roots.String() + " }"
}
