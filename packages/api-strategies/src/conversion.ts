import type { Fields } from './meta/json.ts'

/** How one version of a kind is turned into the version in which objects are kept, and back. Both share what does not change. */
export interface VersionConversion {
  toHub(object: Fields): Fields
  fromHub(object: Fields): Fields
}

/** The versions of one kind that differ from the one in which its objects are kept in more than the name. */
export interface Conversion {
  readonly kind: string
  /** The group in which the kind's objects are kept; empty for the core group. */
  readonly group: string
  /** By apiVersion. A version that is absent has the same fields. */
  readonly versions: Readonly<Record<string, VersionConversion>>
}
