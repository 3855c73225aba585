/** Thrown where a group and version is not one of v1.35.4's built-in ones. */
export class UnknownGroupVersionError extends Error {
  override readonly name: string = 'UnknownGroupVersionError'
  readonly kind = 'unknown-group-version'
  readonly group: string
  readonly version: string

  constructor(group: string, version: string) {
    const name = group === '' ? version : `${group}/${version}`
    super(`no built-in API is called ${JSON.stringify(name)}; scheme.groups lists those of Kubernetes v1.35`)
    this.group = group
    this.version = version
  }
}
