// Answers operations as graphql-js does, over plain objects:
// node reference.js < question.json > answers.json
//
// A question is {schema, api, about, nodes, links, requests}: the schema that the API was derived
// from, for its relationships; the API; the answer to about; what is stored; the operations, each
// with what its request says besides. The answers stand in the order of the requests.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../tools/npm/', import.meta.url));
const { buildSchema, getNamedType, graphqlSync, GraphQLError, isAbstractType, parse, valueFromASTUntyped } = require('graphql');

const question = JSON.parse(readFileSync(0, 'utf8'));
const api = buildSchema(question.api);

const date = api.getType('Date');
date.serialize = (value) => {
  if (typeof value !== 'string') throw new GraphQLError('A Date is stored as text.');
  return value;
};
date.parseValue = (value) => {
  const day = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00Z`) : NaN;
  if (Number.isNaN(+day) || day.toISOString().slice(0, 10) !== value) throw new GraphQLError('A Date is a day of the calendar.');
  return value;
};
date.parseLiteral = (literal) => date.parseValue(valueFromASTUntyped(literal));

// Objects: what is stored of each node, and what follows from it. Values stand under their names;
// what takes arguments is a function.

const clearances = api.getType('Clearance').getValues().map((value) => value.name);
const objects = new Map();
for (const { type, values } of question.nodes) {
  const { nameTexts, nameLanguages, nameKinds } = values;
  const names = nameTexts.map((text, i) => ({ text, language: nameLanguages[i].toUpperCase(), kind: nameKinds[i] }));
  objects.set(values.id, {
    ...values,
    __typename: type,
    names,
    name: ({ lang }) => names.find((name) => name.language === lang && lang !== 'VI' && ['MAIN', 'TRANSLITERATION'].includes(name.kind))?.text ?? values.name,
    facts: facts(values),
  });
}

// Nothing here ends or has yet to begin; what says since when it holds is certain.
function facts(values) {
  return {
    ...values,
    inForce: values.certainFrom ? 'CERTAIN' : 'POSSIBLE',
    marking: clearances[values.marking],
    sources: () => (values.sources ?? []).toSorted().map((id) => objects.get(id)),
  };
}

// Lists: members are {node, link}; link is missing in root lists.

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byIds = (a, b) => compare(a.node.id, b.node.id) || compare(a.link?.id, b.link?.id);

function connection(members, { where, orderBy, first, last }) {
  const all = members.filter(({ node }) => holds(where, node)).sort(byIds).sort(inOrder(orderBy ?? []));
  const page = last == null ? all.slice(0, first ?? 20) : all.slice(Math.max(0, all.length - last));
  return {
    nodes: page.map((member) => member.node),
    edges: page.map(({ node, link }) => ({ ...link?.values, node, facts: link && facts(link.values) })),
    pageInfo: {
      hasNextPage: last == null && page.length < all.length,
      hasPreviousPage: last != null && page.length < all.length,
    },
    totalCount: all.length,
  };
}

// Conditions and orders are no matter of execution: only as much of them as shows what arguments became.
function holds(where, node) {
  return Object.entries(where ?? {}).every(([field, filter]) => {
    if (field === 'and') return filter.every((inner) => holds(inner, node));
    if (field === 'or') return filter.some((inner) => holds(inner, node));
    if (field === 'not') return !holds(filter, node);
    return Object.entries(filter).every(([operator, value]) => {
      if (operator === 'eq') return node[field] === value;
      if (operator === 'in') return value.includes(node[field]);
      throw new Error(`the reference has no condition ${operator}`);
    });
  });
}

function inOrder(keys) {
  const directed = keys.map((key) => Object.entries(key)[0]);
  return (a, b) => directed.map(([field, direction]) => compare(a.node[field], b.node[field]) * (direction === 'DESC' ? -1 : 1)).find(Boolean) ?? 0;
}

// Relationships: each field of the schema that is one, and its inverse.

function relate(type, field, toOne, members) {
  for (const object of objects.values()) {
    if (object.__typename !== type) continue;
    const of = () => members(object).map(([id, link]) => ({ node: objects.get(id), link }));
    object[field] = toOne ? () => of()[0]?.node : (args) => connection(of(), args);
    if (toOne) object[`${field}History`] = (args) => connection(of(), args);
  }
}

const possibleTypes = (name) => {
  const type = api.getType(name);
  return isAbstractType(type) ? api.getPossibleTypes(type).map((possible) => possible.name) : [name];
};

const namedType = (type) => (type.type ? namedType(type.type) : type.name.value);

for (const definition of parse(question.schema).definitions) {
  if (definition.kind !== 'ObjectTypeDefinition') continue;
  const owner = definition.name.value;
  for (const field of definition.fields) {
    const directive = field.directives.find((found) => found.name.value === 'relationship');
    if (!directive) continue;
    const { type, inverse, direction } = Object.fromEntries(directive.arguments.map((a) => [a.name.value, valueFromASTUntyped(a.value)]));
    const links = question.links.filter((link) => link.type === type && objects.get(link.from).__typename === owner);
    const out = ({ id }) => links.filter((link) => link.from === id).map((link) => [link.to, link]);
    const into = ({ id }) => links.filter((link) => link.to === id).map((link) => [link.from, link]);
    relate(owner, field.name.value, field.type.kind === 'NamedType', direction === 'BOTH' ? (o) => [...out(o), ...into(o)] : out);
    for (const name of inverse ? possibleTypes(namedType(field.type)) : []) relate(name, inverse, false, into);
  }
}

// Roots: one object by id, all of a type, any object by id.

const roots = { about: question.about, node: ({ id }) => objects.get(id), nodes: ({ ids }) => ids.map((id) => objects.get(id)) };
for (const field of Object.values(api.getQueryType().getFields())) {
  if (field.name in roots) continue;
  const type = getNamedType(field.type).name;
  const all = (name) => [...objects.values()].filter((object) => object.__typename === name);
  roots[field.name] = type.endsWith('Connection')
    ? (args) => connection(all(type.slice(0, -'Connection'.length)).map((node) => ({ node })), args)
    : ({ id }) => all(type).find((object) => object.id === id);
}

const answers = question.requests.map(({ query, variables, operationName }) =>
  graphqlSync({ schema: api, source: query, rootValue: roots, variableValues: variables, operationName }));
process.stdout.write(JSON.stringify(answers));
