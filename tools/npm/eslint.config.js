// Judges the derived API: what GraphQL clients and Relay expect of a schema.
import graphql from '@graphql-eslint/eslint-plugin';

const recommended = graphql.configs['flat/schema-recommended'].rules;
const [, namingConvention] = recommended['@graphql-eslint/naming-convention'];
const relay = graphql.configs['flat/schema-relay'].rules;

export default [
  {
    files: ['**/api.graphqls'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: 'api.graphqls' } },
    },
    rules: {
      ...recommended,
      ...relay,
      '@graphql-eslint/naming-convention': [
        'error',
        {
          ...namingConvention,
          // An activity type is what the field calls so.
          'ObjectTypeDefinition,ObjectTypeExtension': { forbiddenPrefixes: ['Type'], forbiddenSuffixes: ['Type'], ignorePattern: '^ActivityType$' },
        },
      ],
      '@graphql-eslint/description-style': ['error', { style: 'inline' }],
      // Connections offer `nodes` beside `edges`, so lists of the nodes themselves exist; a change is no object of the graph.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
      // The log is read in one direction.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // Pages, edges and values are part of what has an id and have none of their own.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          acceptedIdNames: ['id'],
          exceptions: {
            types: ['PageInfo', 'Facts', 'Name', 'About', 'LinkProperty', 'Term', 'Overview', 'MeetingCard', 'Gaps', 'Coverage', 'Grouping', 'Group', 'GroupKey', 'GraphPaths', 'GraphPath', 'Reachable', 'ReachableNode', 'Subgraph', 'Duplicates', 'Duplicate', 'Difference', 'Change', 'ValueChange', 'ImportReport', 'ImportedRow'],
            suffixes: ['Connection', 'Edge'],
          },
        },
      ],
    },
  },
];
