const one = /\s*(\d{3})\s+(?:[^\s",]+|\[[^\]]*\]:?\d*)\s+"((?:[^"\\]|\\.)*)"(?:\s+"[^"]*")?\s*(?:,|$)/y

/**
 * The texts of a Warning header, in order; several values may be joined by commas. What is not in the form
 * `299 - "text"` is left out, as client-go does.
 * @see staging/src/k8s.io/apimachinery/pkg/util/net/http.go
 */
export function parseWarnings(header: string | undefined): readonly string[] {
  if (header === undefined || header === '') return []
  const texts: string[] = []
  one.lastIndex = 0
  for (let match = one.exec(header); match !== null; match = one.exec(header)) {
    const [, code, text = ''] = match
    if (code === '299') texts.push(text.replace(/\\(.)/g, '$1'))
    if (one.lastIndex >= header.length) break
  }
  return texts
}
