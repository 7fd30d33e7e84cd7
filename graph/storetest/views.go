package storetest

import (
	"fmt"
	"strings"

	"bordergraph/graph/derive"
)

// Views ask of the large graph, by name, what every list of a view says at its default length: as pages
// alone, and with how many there are.
func Views(api *derive.API) map[string]string {
	operations := map[string]string{}
	for _, asked := range []struct{ name, root string }{
		{"overview of a sector", `overview(id: "bordersector:7")`},
		{"overview of a province", `overview(id: "province:7")`},
		{"overview of a hub", `overview(id: "` + HubID + `")`},
		{"overview of a border", `overview(id: "landborder:1")`},
		{"overview of a country", `overview(id: "country:2")`},
		{"overview of a partner", `overview(id: "internationalpartner:7")`},
		{"meeting card", `meetingCard(id: "counterpartunit:7")`},
		{"gaps", `gaps`},
		{"gaps of a hub", `gaps(touching: ["` + HubID + `"])`},
		{"coverage", `coverage`},
		{"coverage of a hub", `coverage(touching: ["` + HubID + `"])`},
	} {
		root, _, _ := strings.Cut(asked.root, "(")
		view := api.Schema.Query.Fields.ForName(root).Type.Name()
		operations[asked.name] = "{ " + asked.root + " {" + listsOf(api, view, "nodes { id name }") + " } }"
		operations[asked.name+", counted"] = "{ " + asked.root + " {" + listsOf(api, view, "totalCount nodes { id name }") + " } }"
	}
	return operations
}

// listsOf asks the same of all lists of a view.
func listsOf(api *derive.API, view, selection string) string {
	var all strings.Builder
	for _, f := range api.Schema.Types[view].Fields {
		if _, isList := api.Field(view, f.Name).(*derive.ViewList); isList {
			fmt.Fprintf(&all, " %s { %s }", f.Name, selection)
		}
	}
	return all.String()
}
