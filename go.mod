module bordergraph

go 1.26
