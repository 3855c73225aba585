const component = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const host = `(?:${component}(?:\\.${component})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`
const path = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}'
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}'
const reference = new RegExp(`^(?:${host}/)?${path}(?:/${path})*(?::(?<tag>${tag}))?(?:@(?<digest>${digest}))?$`)
/** Of a repository without its host, tag and digest; upstream also counts a `library/` that goes without saying. */
const maxRepository = 255
const identifier = /^[a-f0-9]{64}$/
const digestLengths: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
])

/**
 * The tag of an image name: `latest` when it names neither a tag nor a digest, empty when it names only a digest or
 * is no image name at all.
 *
 * @see pkg/util/parsers/parsers.go
 */
export function imageTag(image: string): string {
  if (identifier.test(image) || !isLowerCase(image)) return ''
  const match = reference.exec(image)
  if (match === null || repositoryLength(image) > maxRepository) return ''
  const { tag = '', digest = '' } = match.groups ?? {}
  if (digest !== '' && !isKnownDigest(digest)) return ''
  return tag === '' && digest === '' ? 'latest' : tag
}

/** Only the host and the tag may have capitals; a first part counts as a host when nothing else could spell it. */
function isLowerCase(image: string): boolean {
  const slash = image.indexOf('/')
  const first = slash < 0 ? '' : image.slice(0, slash)
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase()
  const rest = isHost ? image.slice(slash + 1) : image
  const end = rest.search(/[:@]/)
  const name = end < 0 ? rest : rest.slice(0, end)
  return name === name.toLowerCase()
}

function repositoryLength(image: string): number {
  const name = image.replace(/@.*$/, '').replace(/:[^/]*$/, '')
  const slash = name.indexOf('/')
  if (slash < 0) return 'library/'.length + name.length
  const first = name.slice(0, slash)
  return first === 'localhost' || /[.:]/.test(first) ? name.length - slash - 1 : name.length
}

function isKnownDigest(text: string): boolean {
  const [algorithm = '', hex = ''] = text.split(':')
  return digestLengths.get(algorithm) === hex.length && hex === hex.toLowerCase()
}

/** How an image is pulled unless the object says: always for the tag `latest`. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  return imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent'
}
