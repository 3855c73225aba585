import type { ApiRequest } from '@kube-bonsai/apimachinery'
import { type Page, text } from './page.ts'

const contentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

/** `/metrics` and `/metrics/slis`; undefined for other paths. */
export function metricsPage({ path, method }: ApiRequest): Page | undefined {
  if (path === '/metrics/slis') return text('', contentType)
  if (path !== '/metrics') return undefined
  if (method === 'DELETE') return text('metrics reset\n')
  return text(metrics, contentType)
}

const metrics = ['mismatch', 'panic']
  .map((kind) => `apiserver_validation_declarative_validation_${kind}_total`)
  .map(
    (name) =>
      `# HELP ${name} [BETA] Declarative validations that disagreed with the hand-written ones, or failed.\n# TYPE ${name} counter\n${name} 0\n`,
  )
  .join('')
