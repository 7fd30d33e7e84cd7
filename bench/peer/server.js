// The peer, @neo4j/graphql, over HTTP. Neo4j is named as for bordergraph.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Neo4jGraphQL } from '@neo4j/graphql'
import { createYoga } from 'graphql-yoga'
import neo4j from 'neo4j-driver'

const { NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE } = process.env
const driver = neo4j.driver(NEO4J_URI, neo4j.auth.basic(NEO4J_USERNAME, NEO4J_PASSWORD))
const typeDefs = readFileSync(new URL('schema.graphqls', import.meta.url), 'utf8')
const features = { filters: { String: { LTE: true, GTE: true } } } // dates are text in this graph, and compared as such
const schema = await new Neo4jGraphQL({ typeDefs, driver, features }).getSchema()
const context = NEO4J_DATABASE ? { sessionConfig: { database: NEO4J_DATABASE } } : {}

const server = createServer(createYoga({ schema, context, graphiql: false, landingPage: false, logging: false, maskedErrors: false }))
server.listen(0, '127.0.0.1', () => console.log(`ready on http://127.0.0.1:${server.address().port}/graphql`))
process.on('SIGTERM', () => process.exit())
