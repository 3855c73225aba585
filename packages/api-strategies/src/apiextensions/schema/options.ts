/** How strict a schema is checked: what a stored definition has already may stay. */
export interface SchemaOptions {
  readonly requireValidPropertyType: boolean
  readonly requireStructuralSchema: boolean
  readonly requirePrunedDefaults: boolean
  readonly requireAtomicSetType: boolean
  readonly requireMapListKeys: boolean
}
