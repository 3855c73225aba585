import { fieldManagerMaxLength, isPrintable, utf8Length } from '@kube-bonsai/apimachinery'

/** Who a request writes as: what it says, or else the first part of its User-Agent, cut to what a name may be. */
export function managerName(fieldManager: string, userAgent: string): string {
  if (fieldManager !== '') return fieldManager
  let name = ''
  let length = 0
  for (const ch of userAgent.split('/')[0] ?? '') {
    if (!isPrintable(ch)) continue
    length += utf8Length(ch)
    if (length > fieldManagerMaxLength) break
    name += ch
  }
  return name
}
