import { checkGuards, type GuardReport } from '../../../src/access/cluster/guards.ts';
import { AccessCluster, guards, never, type Written, written } from '../../support/access-cluster.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { describeWith } from '../../support/parts.ts';

const root = '/apis/admissionregistration.k8s.io/v1';
const policyPath = (name: string): string => `${root}/validatingadmissionpolicies/lockkeeper-${name}`;
const putPath = (name: string): string => `${root}/validatingadmissionpolicybindings/lockkeeper-${name}`;

interface Policy extends Written {
  readonly spec: {
    readonly matchConditions: readonly object[];
    readonly variables: readonly { readonly name: string; readonly expression: string }[];
    readonly validations: readonly { readonly expression: string; readonly message: string }[];
  };
}

describeWith('control-plane', 'whether a cluster guards what is granted in it', () => {
  const shared = sharedControlPlane();
  let cluster: AccessCluster;
  beforeAll(async () => {
    cluster = await AccessCluster.open(await shared());
    await cluster.namespace('guards');
  });
  afterAll(() => cluster.close());

  const check = (...namespaces: readonly string[]): Promise<GuardReport> => checkGuards(cluster.service, namespaces, never);
  const wrong = ({ checks }: GuardReport) => checks.filter(({ ok }) => !ok).map((one) => `${one.check}: ${one.detail}`);
  const patch = async (path: string, body: object): Promise<void> => {
    const reply = await cluster.admin.ask({ method: 'PATCH', path, body: JSON.stringify(body), type: 'application/merge-patch+json' });
    if (reply.status >= 300) throw new Error(reply.body);
  };
  /** Made anew: what somebody else has put into a list, an apply leaves there. */
  async function restore(path: string): Promise<void> {
    await cluster.admin.ask({ method: 'DELETE', path });
    await cluster.apply(written(guards));
    await cluster.untilGuarded();
  }
  /** What somebody changes, what is said of it, and all as it was again. */
  async function changed(path: string, body: object, ...namespaces: readonly string[]): Promise<readonly string[]> {
    await patch(path, body);
    const said = wrong(await check(...namespaces));
    await restore(path);
    return said;
  }
  const policy = (name: string): Policy =>
    written(guards).find((one) => one.kind.endsWith('Policy') && one.metadata.name === `lockkeeper-${name}`) as Policy;

  test('all of them are there, and are tried in each namespace', async () => {
    const report = await check('guards', 'default');
    expect(wrong(report)).toEqual([]);
    expect(report.checks.map((one) => one.check)).toEqual([
      ...['grants', 'timers', 'guards', 'dependents'].flatMap((name) => [`policy lockkeeper-${name}`, `policy binding lockkeeper-${name}`]),
      ...['guards', 'default'].flatMap((name) => [
        `${name}: a grant whose hour is over is refused`,
        `${name}: a timer that is held is refused`,
        `${name}: bindings beside grants are refused`,
      ]),
    ]);
  });

  test('they may be laid out otherwise, and allow a shorter longest grant', async () => {
    const { spec } = policy('grants');
    const variables = spec.variables.map((one) => ({
      ...one,
      expression: one.name === 'longest' ? "duration('8h')" : one.expression.replaceAll(' ', '\n  '),
    }));
    expect(await changed(policyPath('grants'), { spec: { variables } })).toEqual([]);
  });

  const weakened = (name: string, change: (spec: Policy['spec']) => object): readonly [string, object] => [
    policyPath(name),
    { spec: change(policy(name).spec) },
  ];
  test.each([
    [
      'says yes in one of its rules',
      'validations',
      weakened('timers', ({ validations }) => ({
        validations: validations.map((one, index) => (index === 3 ? { ...one, expression: 'true' } : one)),
      })),
    ],
    ['has a rule less', 'validations', weakened('grants', ({ validations }) => ({ validations: validations.slice(1) }))],
    [
      'looks away for somebody',
      'matchConditions',
      weakened('guards', ({ matchConditions }) => ({
        matchConditions: [...matchConditions, { name: 'not-me', expression: "request.userInfo.username != 'mallory'" }],
      })),
    ],
    ['looks away where it fails', 'failurePolicy', weakened('grants', () => ({ failurePolicy: 'Ignore' }))],
    [
      'looks at other kinds',
      'matchConstraints',
      weakened('dependents', () => ({
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' }],
        },
      })),
    ],
    [
      'looks at some namespaces',
      'matchConstraints',
      weakened('grants', () => ({ matchConstraints: { namespaceSelector: { matchLabels: { team: 'a' } } } })),
    ],
  ] as const)('one that %s', async (_, part, [path, body]) => {
    const name = path.split('/').at(-1) ?? '';
    const said = await changed(path, body);
    expect(said).toEqual([
      `policy ${name}: its ${part} is not what this version ships: apply environments-template/manifests/access/policies.yaml`,
    ]);
  });

  test.each([
    ['only warns', { validationActions: ['Warn'] }, 'it does not deny anything'],
    ['only audits', { validationActions: ['Audit'] }, 'it does not deny anything'],
    [
      'is for some namespaces',
      { matchResources: { namespaceSelector: { matchLabels: { team: 'a' } } } },
      'its matchResources is not what this version ships',
    ],
    [
      'leaves a kind out',
      { matchResources: { excludeResourceRules: [{ apiGroups: ['batch'], apiVersions: ['v1'], operations: ['*'], resources: ['jobs'] }] } },
      'its matchResources is not what this version ships',
    ],
  ])('a binding of one that %s', async (_, spec, said) => {
    await patch(putPath('timers'), { spec });
    const found = wrong(await check());
    expect(found).toEqual([expect.stringContaining(`policy binding lockkeeper-timers: ${said}`)]);
    await restore(putPath('timers'));
  });

  test('a namespace that is not guarded, and one that is not there', async () => {
    await cluster.namespace('guards-free', { 'lockkeeper.dev/guard': 'disabled' });
    expect(wrong(await check('guards-free'))).toEqual([
      'guards-free: bindings beside grants are refused: it is allowed: policy lockkeeper-guards has no effect here',
    ]);
    expect(wrong(await check('guards-none'))).toHaveLength(3);
  });

  test('who may bypass the guards is told that this was not tried', async () => {
    const { ok, checks } = await checkGuards(cluster.admin, ['guards'], never);
    expect([ok, checks.at(-1)?.detail]).toEqual([true, 'not tried: this account may bypass it']);
  });

  test('what is away: a policy, and what puts one into force', async () => {
    await cluster.admin.ask({ method: 'DELETE', path: policyPath('grants') });
    await cluster.admin.ask({ method: 'DELETE', path: putPath('timers') });
    let found = wrong(await check('guards'));
    while (found.length < 4) found = wrong(await check('guards')); // the server forgets them a moment later
    expect(found).toEqual([
      'policy lockkeeper-grants: it is not there: apply environments-template/manifests/access/policies.yaml',
      'policy binding lockkeeper-timers: it is not there, and the policy has no effect: apply environments-template/manifests/access/policies.yaml',
      'guards: a grant whose hour is over is refused: it is allowed: policy lockkeeper-grants has no effect here',
      'guards: a timer that is held is refused: it is allowed: policy lockkeeper-timers has no effect here',
    ]);
  });
});
