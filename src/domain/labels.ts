/** Where an image's label, a bundle's annotation or any other release says its source is. https://github.com/opencontainers/image-spec/blob/main/annotations.md */
export const sourceLabel = 'org.opencontainers.image.source';
export const revisionLabel = 'org.opencontainers.image.revision';
