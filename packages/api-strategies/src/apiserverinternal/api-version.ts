import { emptyMessage, isDNS1035Label, isDNS1123Subdomain, regexMessage } from '@kube-bonsai/apimachinery'

const label = '[a-z]([-a-z0-9]*[a-z0-9])?'
const rule =
  "a DNS-1035 label, which must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"

/** What is wrong with an apiVersion: a label, with a subdomain and a slash before it or not. */
export function apiVersionProblems(text: string): readonly string[] {
  const parts = text.split('/')
  const [first = '', second] = parts
  if (parts.length > 2) {
    const form = regexMessage(rule, label, 'my-name', 'abc-123')
    return [`an apiVersion is ${form} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyVersion')`]
  }
  if (second === undefined) return partProblems('version', first, isDNS1035Label)
  return [...partProblems('group', first, isDNS1123Subdomain), ...partProblems('version', second, isDNS1035Label)]
}

function partProblems(name: string, text: string, check: (text: string) => readonly string[]): readonly string[] {
  const problems = text === '' ? [emptyMessage] : check(text)
  return problems.map((problem) => `${name} part: ${problem}`)
}
