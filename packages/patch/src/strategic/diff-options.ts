/** What a diff tells. */
export interface DiffOptions {
  /** True to tell the order of lists that merge. */
  readonly setElementOrder: boolean
  /** True to leave out what is new or changed. */
  readonly ignoreChangesAndAdditions: boolean
  /** True to leave out what is gone. */
  readonly ignoreDeletions: boolean
  /** True to list the keys that are to stay; set by the field that is compared. */
  readonly buildRetainKeys: boolean
}

/** Tells everything but order. */
export const plainDiff: DiffOptions = {
  setElementOrder: false,
  ignoreChangesAndAdditions: false,
  ignoreDeletions: false,
  buildRetainKeys: false,
}
