import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { load } from 'js-yaml';

const template = resolve(import.meta.dirname, '../../environments-template');
const read = <T>(file: string): T => load(readFileSync(resolve(template, file), 'utf8')) as T;

describe('the pipelines of the template deploy', () => {
  test("at GitLab: the protected default branch alone, one after the other, and never a merge request's or a fork's pipeline", () => {
    const { deploy } = read<{ readonly deploy: Readonly<Record<string, unknown>> }>('.gitlab-ci.yml');
    expect(deploy['rules']).toEqual([
      { if: '$KUBECONFIG && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"' },
    ]);
    expect(deploy).toMatchObject({ stage: 'deploy', resource_group: 'deploy', interruptible: false });
    expect(deploy['script']).toEqual(expect.arrayContaining(['lockkeeper deploy .']));
    expect(JSON.stringify(deploy)).not.toContain('allow_failure');
  });

  test('at GitHub: a push to the default branch alone, one after the other, after the verdict, with a secret of that job only', () => {
    const workflow = read<{ readonly jobs: { readonly deploy: Readonly<Record<string, unknown>> } }>('.github/workflows/lockkeeper.yml');
    const { deploy } = workflow.jobs;
    expect(deploy['if']).toBe(
      "vars.DEPLOY == 'pipeline' && github.event_name == 'push' && github.ref_name == github.event.repository.default_branch",
    );
    expect(deploy).toMatchObject({
      needs: 'validate',
      environment: 'deploy',
      permissions: { contents: 'read' },
      concurrency: { group: 'deploy', 'cancel-in-progress': false },
    });
    expect(Object.keys(workflow)).not.toContain('pull_request_target');
    expect(JSON.stringify({ ...workflow, jobs: { ...workflow.jobs, deploy: undefined } })).not.toContain('secrets.');
    // What others wrote is in no command line.
    expect(JSON.stringify(deploy['steps'])).not.toMatch(/"run":"[^"]*\$\{\{/);
  });
});
