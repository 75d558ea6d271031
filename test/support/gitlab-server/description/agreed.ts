/** Keys that are named; @gitbeaker's types have any other key too. */
type Named<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] };

/**
 * Our type of a reply, held against @gitbeaker's, a second reading of GitLab's pages: what both name must fit, or it does not compile.
 * `Differing` are keys for which @gitbeaker promises what GitLab does not keep.
 */
export type Agreed<
  Ours extends Pick<Theirs, Exclude<keyof Ours & Named<Theirs>, Differing>>,
  Theirs,
  Differing extends keyof Ours & Named<Theirs> = never,
> = Ours;
