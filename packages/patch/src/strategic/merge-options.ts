/** How objects are merged. */
export interface MergeOptions {
  /** True to carry out directives (applying a patch), false to keep them (merging two patches). */
  readonly mergeParallelList: boolean
  /** True to drop a null for a key that is not there, false to keep it. */
  readonly ignoreUnmatchedNulls: boolean
}
