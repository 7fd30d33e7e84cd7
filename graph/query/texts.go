package query

// Texts are those members of a list that are texts; none if the value is no list.
func Texts(value any) []string {
	list, _ := value.([]any)
	var texts []string
	for _, member := range list {
		if text, is := member.(string); is {
			texts = append(texts, text)
		}
	}
	return texts
}

// ListOf is a list of texts as a row holds it.
func ListOf(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}
