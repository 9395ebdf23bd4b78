/**
 * What the published definitions of Kubernetes objects say about the fields that graft writes: `trainjobs` of Kubeflow
 * Trainer (trainer.kubeflow.org/v1alpha1, as of version 2.2, which has `runtimePatches`), and `Job` of batch/v1.
 */

/** The type of a field; objects list all fields that the definition has at that place. */
export type Fact =
  | { readonly is: 'string'; readonly most?: number; readonly matches?: RegExp }
  | { readonly is: 'integer'; readonly least?: number }
  | { readonly is: 'boolean' }
  | { readonly is: 'quantities' }
  | { readonly is: 'strings' }
  | { readonly is: 'list'; readonly of: Fact }
  | {
      readonly is: 'object'
      readonly required?: ReadonlyArray<string>
      /** Null: a field that exists and that graft does not write. */
      readonly fields: Readonly<Record<string, Fact | null>>
    }

const text: Fact = { is: 'string' }

const labels: Fact = { is: 'strings' }

/** RFC 1035: what Trainer asks of a TrainJob's name. */
const name: Fact = { is: 'string', most: 63, matches: /^[a-z]([-a-z0-9]*[a-z0-9])?$/ }

const metadata: Fact = {
  is: 'object',
  required: ['name'],
  fields: { name, namespace: text, labels, annotations: null }
}

const variables: Fact = {
  is: 'list',
  of: { is: 'object', required: ['name'], fields: { name: text, value: text, valueFrom: null } }
}

const resources: Fact = {
  is: 'object',
  fields: { claims: null, limits: { is: 'quantities' }, requests: { is: 'quantities' } }
}

const mounts: Fact = {
  is: 'list',
  of: {
    is: 'object',
    required: ['mountPath', 'name'],
    fields: { name: text, mountPath: text, readOnly: { is: 'boolean' }, subPath: text }
  }
}

const volumes: Fact = {
  is: 'list',
  of: {
    is: 'object',
    required: ['name'],
    fields: {
      name: text,
      persistentVolumeClaim: {
        is: 'object',
        required: ['claimName'],
        fields: { claimName: text, readOnly: { is: 'boolean' } }
      },
      emptyDir: { is: 'object', fields: { medium: text, sizeLimit: null } }
    }
  }
}

const words: Fact = { is: 'list', of: text }

/** The only fields of a container that a patch of a runtime has. */
const patchedContainer: Fact = {
  is: 'object',
  required: ['name'],
  fields: { name: text, env: variables, volumeMounts: mounts, securityContext: null }
}

const patch: Fact = {
  is: 'object',
  required: ['manager'],
  fields: {
    manager: { is: 'string', most: 253 },
    time: null,
    trainingRuntimeSpec: {
      is: 'object',
      fields: {
        template: {
          is: 'object',
          fields: {
            metadata: null,
            spec: {
              is: 'object',
              fields: {
                replicatedJobs: {
                  is: 'list',
                  of: {
                    is: 'object',
                    required: ['name'],
                    fields: {
                      name: text,
                      template: {
                        is: 'object',
                        fields: {
                          metadata: null,
                          spec: {
                            is: 'object',
                            fields: {
                              template: {
                                is: 'object',
                                fields: {
                                  metadata: null,
                                  spec: {
                                    is: 'object',
                                    fields: {
                                      affinity: null,
                                      containers: { is: 'list', of: patchedContainer },
                                      imagePullSecrets: null,
                                      initContainers: null,
                                      nodeSelector: null,
                                      schedulingGates: null,
                                      securityContext: null,
                                      serviceAccountName: null,
                                      terminationGracePeriodSeconds: null,
                                      tolerations: null,
                                      volumes
                                    }
                                  }
                                }
                              }
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

export const trainJob: Fact = {
  is: 'object',
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  fields: {
    apiVersion: { is: 'string', matches: /^trainer\.kubeflow\.org\/v1alpha1$/ },
    kind: { is: 'string', matches: /^TrainJob$/ },
    metadata,
    spec: {
      is: 'object',
      required: ['runtimeRef'],
      fields: {
        activeDeadlineSeconds: null,
        initializer: null,
        managedBy: null,
        runtimePatches: { is: 'list', of: patch },
        runtimeRef: {
          is: 'object',
          required: ['name'],
          fields: {
            apiGroup: { is: 'string', most: 253 },
            kind: { is: 'string', most: 253 },
            name: { is: 'string', most: 253 }
          }
        },
        suspend: null,
        trainer: {
          is: 'object',
          fields: {
            args: words,
            command: words,
            env: variables,
            image: { is: 'string', most: 500 },
            numNodes: { is: 'integer' },
            numProcPerNode: { is: 'integer', least: 1 },
            resourcesPerNode: resources
          }
        }
      }
    }
  }
}

export const batchJob: Fact = {
  is: 'object',
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  fields: {
    apiVersion: { is: 'string', matches: /^batch\/v1$/ },
    kind: { is: 'string', matches: /^Job$/ },
    metadata,
    spec: {
      is: 'object',
      required: ['template'],
      fields: {
        backoffLimit: { is: 'integer', least: 0 },
        template: {
          is: 'object',
          fields: {
            metadata: null,
            spec: {
              is: 'object',
              required: ['containers'],
              fields: {
                restartPolicy: { is: 'string', matches: /^(Never|OnFailure)$/ },
                volumes,
                containers: {
                  is: 'list',
                  of: {
                    is: 'object',
                    required: ['name'],
                    fields: {
                      name,
                      image: text,
                      command: words,
                      args: words,
                      env: variables,
                      resources,
                      volumeMounts: mounts
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

const quantity = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/

/** Everything in a value that the definition does not allow, with its path. */
export const breaches = (fact: Fact, value: unknown, path = ''): ReadonlyArray<string> => {
  const wrong = (what: string): ReadonlyArray<string> => [`${path}: ${what}, found ${JSON.stringify(value)}`]
  switch (fact.is) {
    case 'string':
      if (typeof value !== 'string') return wrong('a string')
      if (value.length > (fact.most ?? Infinity)) return wrong(`at most ${fact.most} characters`)
      return fact.matches?.test(value) === false ? wrong(String(fact.matches)) : []
    case 'integer':
      return Number.isInteger(value) && (value as number) >= (fact.least ?? -Infinity) ? [] : wrong('an integer')
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrong('a boolean')
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((item: unknown, i) => breaches(fact.of, item, `${path}[${i}]`))
        : wrong('a list')
    case 'quantities':
    case 'strings': {
      const ok = (one: unknown): boolean =>
        typeof one === 'string' && (fact.is === 'strings' || quantity.test(one) || /^\d+$/.test(one))
      return typeof value === 'object' && value !== null && Object.values(value).every(ok) ? [] : wrong(fact.is)
    }
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('an object')
      const missing = (fact.required ?? []).filter((key) => !(key in value))
      return [
        ...missing.map((key) => `${path}.${key}: missing`),
        ...Object.entries(value).flatMap(([key, field]: [string, unknown]) => {
          const known = fact.fields[key]
          return known === undefined
            ? [`${path}.${key}: no such field`]
            : known === null
              ? []
              : breaches(known, field, `${path}.${key}`)
        })
      ]
    }
  }
}
