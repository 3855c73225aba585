import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../src/index.ts'
import { newCredentials, webhookFetch } from '../src/server/index.ts'

describe('webhooks over HTTPS', () => {
  let ca = ''
  let port = 0
  const server: { close?: () => void } = {}
  beforeAll(async () => {
    const credentials = await newCredentials(Date.now())
    ca = Buffer.from(credentials.ca).toString('base64')
    const https = createServer({ cert: credentials.certificate, key: credentials.key }, (request, response) => {
      let text = ''
      request.on('data', (chunk) => {
        text += chunk
      })
      request.on('end', () => {
        const { apiVersion, kind, request: asked } = JSON.parse(text)
        const status = { message: `no ${asked.name}` }
        response.end(JSON.stringify({ apiVersion, kind, response: { uid: asked.uid, allowed: false, status } }))
      })
    })
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve))
    port = (https.address() as AddressInfo).port
    server.close = () => https.close()
  })
  afterAll(() => server.close?.())

  it('refuse what they do not like', async () => {
    const cluster = await Cluster.create({ webhooks: webhookFetch, controllers: false })
    await cluster.client.resource('admissionregistration.k8s.io/v1/validatingwebhookconfigurations').create({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'c' },
      webhooks: [
        {
          name: 'a.example.com',
          clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: ca },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    })
    const maps = cluster.client.resource('v1/configmaps').namespace('default')
    await expect(maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } })).rejects.toMatchObject({
      message: 'admission webhook "a.example.com" denied the request: no m',
    })
    cluster.close()
  })

  it('are not reached without trust, nor in the cluster', async () => {
    const call = { url: `https://127.0.0.1:${port}/`, caBundle: '', body: '{}', timeoutSeconds: 5 }
    await expect(webhookFetch(call)).rejects.toThrow(/certificate/)
    await expect(webhookFetch({ ...call, url: 'https://a.b.svc:443/' })).rejects.toThrow('unsupported: a.b.svc')
    await expect(webhookFetch({ ...call, url: 'http://127.0.0.1/' })).rejects.toThrow(
      'unsupported protocol scheme "http"',
    )
  })
})
