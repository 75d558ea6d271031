/** Of `billing 1.4.2 → 1.5.0`, as proposals are called; a title that names no two versions has none. */
export function versionsIn(title: string): { readonly from?: string | undefined; readonly to?: string | undefined } {
  const arrow = title.lastIndexOf(' → ');
  const [from, to] = [title.slice(0, Math.max(arrow, 0)).split(/\s/).at(-1), title.slice(arrow + ' → '.length)];
  return arrow < 0 || from === '' || !/^\S+$/.test(to) ? {} : { from, to };
}
