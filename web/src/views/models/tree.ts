/** The tree of models: who learnt from whom, with the moments of one training side by side. */
import type { ModelNode } from '../../api/client';

export interface Training {
  job: string;
  moments: Branch[]; // by step
}

export interface Branch {
  model: ModelNode;
  trainings: Training[]; // that began here, oldest first
}

export interface Tree {
  bases: Branch[];
  brought: Branch[];
  orphans: Training[]; // trainings whose base is gone
}

export function treeOf(nodes: ModelNode[]): Tree {
  const there = new Set(nodes.map(({ id }) => id));
  const below = new Map<string | null, ModelNode[]>();
  for (const node of nodes) {
    const parent = node.parent_id !== null && there.has(node.parent_id) ? node.parent_id : null;
    below.set(parent, [...(below.get(parent) ?? []), node]);
  }
  const branch = (model: ModelNode): Branch => ({ model, trainings: trainings(below.get(model.id) ?? []) });
  const trainings = (models: ModelNode[]): Training[] => {
    const jobs = new Map<string, ModelNode[]>();
    for (const model of models) if (model.job_id) jobs.set(model.job_id, [...(jobs.get(model.job_id) ?? []), model]);
    return [...jobs].map(([job, moments]) => ({ job, moments: moments.sort((a, b) => (a.step ?? 0) - (b.step ?? 0)).map(branch) }));
  };
  const roots = below.get(null) ?? [];
  const own = roots.filter(({ step }) => step === null);
  return {
    bases: own.filter(({ bundled }) => bundled).map(branch),
    brought: own.filter(({ bundled }) => !bundled).map(branch),
    orphans: trainings(roots.filter(({ step }) => step !== null)),
  };
}
