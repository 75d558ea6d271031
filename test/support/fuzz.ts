import fc from 'fast-check';

// The same inputs in every run, so that a landing is not refused by chance. FUZZ_SEED=$RANDOM npm test looks further.
fc.configureGlobal({ seed: Number(process.env['FUZZ_SEED'] ?? 20261121) });

export { fc };
