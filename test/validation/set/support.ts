import { checkSet } from '../../../src/validation/set/check-set.ts';
import type { Known } from '../../../src/validation/set/dangling.ts';
import { desired } from '../../support/desired.ts';

/** What is found in one file, as `warning dangling-reference 7: Deployment web needs …`. */
export const found = (text: string, known?: Known): string[] =>
  checkSet(desired(text), known).map(({ severity, rule, line, message }) => `${severity} ${rule} ${line}: ${message}`);

/** A Deployment `web` in `shop` of one line per document part, with more fields of its pod. */
export const web = (pod = '', container = '', name = 'web'): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers: [{ name: web, image: registry.example.com/web:1.4.2, ports: [{ name: http, containerPort: 8080 }], ${container} }]
      ${pod}
---
`;
