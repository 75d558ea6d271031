/**
 * What of SARIF 2.1.0 we write, as a JSON Schema: written from the standard (sections 3.13 to 3.35), as no package carries the official one.
 * Closed, so that a property that the standard does not know, or that is in the wrong place, is found. The types come from `@types/sarif`.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
const closed = (properties: Readonly<Record<string, unknown>>, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const list = (items: unknown) => ({ type: 'array', items });
const words = { type: 'string', minLength: 1 };
const message = closed({ text: words });
/** RFC 3986, without a scheme and not from the root. */
const relativeUri = { type: 'string', pattern: "^(?![a-zA-Z][a-zA-Z0-9+.-]*:)(?!/)(?:[\\w.~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+$" };

const rule = closed({ id: words, shortDescription: message, helpUri: { type: 'string', pattern: '^https?://' } }, [
  'id',
  'shortDescription',
]);

const location = closed(
  {
    physicalLocation: closed({
      artifactLocation: closed({ uri: relativeUri, uriBaseId: { const: '%SRCROOT%' } }),
      region: closed({ startLine: { type: 'integer', minimum: 1 } }),
    }),
    logicalLocations: list(closed({ fullyQualifiedName: words, kind: words })),
  },
  ['physicalLocation'],
);

const result = closed(
  {
    ruleId: words,
    ruleIndex: { type: 'integer', minimum: 0 },
    level: { enum: ['none', 'note', 'warning', 'error'] },
    message,
    locations: { ...list(location), minItems: 1, maxItems: 1 },
    partialFingerprints: { type: 'object', minProperties: 1, additionalProperties: words },
    suppressions: list(
      closed(
        { kind: { enum: ['inSource', 'external'] }, status: { enum: ['accepted', 'underReview', 'rejected'] }, justification: words },
        ['kind'],
      ),
    ),
  },
  ['ruleId', 'ruleIndex', 'level', 'message', 'locations', 'partialFingerprints'],
);

export const sarifDescription = closed({
  $schema: { type: 'string', pattern: '^https://' },
  version: { const: '2.1.0' },
  runs: list(
    closed({
      tool: closed({ driver: closed({ name: words, version: words, rules: { ...list(rule), uniqueItems: true } }) }),
      automationDetails: closed({ id: words }),
      invocations: list(
        closed(
          {
            executionSuccessful: { type: 'boolean' },
            toolExecutionNotifications: list(
              closed({ level: { enum: ['none', 'note', 'warning', 'error'] }, message: closed({ text: words }) }),
            ),
          },
          ['executionSuccessful'],
        ),
      ),
      columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
      results: list(result),
    }),
  ),
});
