import { Field } from '../set/field.ts';
import type { Point } from './point.ts';
import type { Survey } from './survey.ts';

/** https://kubernetes.io/docs/concepts/workloads/pods/#working-with-pods */
export const barePodPoints = (survey: Survey): readonly Point[] =>
  survey.workloads.flatMap(({ object, role }) =>
    role !== 'pod' || new Field(object.value).at('metadata', 'ownerReferences').items.length > 0
      ? []
      : [
          {
            rule: 'bare-pod',
            object,
            path: ['kind'],
            message:
              'A pod without a controller: nobody makes it anew when its node is drained, and kubectl drain refuses without --force.',
            help: 'Make it a Deployment, or a Job if it comes to an end.',
          },
        ],
  );
