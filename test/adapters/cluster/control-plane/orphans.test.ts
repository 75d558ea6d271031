import { runningIn } from '../../../../src/adapters/cluster/control-plane/orphans.ts';

test('what ps says of processes is read; the dead are left out', () => {
  const text = [
    '    1 Ss   /sbin/init splash',
    '  812 Z    [etcd] <defunct>',
    ' 4711 S+   /bin/etcd --data-dir=/tmp/a/etcd --x',
    '',
    'odd line',
  ].join('\n');
  expect(runningIn(text)).toEqual([
    { pid: 1, args: ['/sbin/init', 'splash'] },
    { pid: 4711, args: ['/bin/etcd', '--data-dir=/tmp/a/etcd', '--x'] },
  ]);
});
