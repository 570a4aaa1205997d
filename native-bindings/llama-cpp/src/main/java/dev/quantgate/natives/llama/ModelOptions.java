package dev.quantgate.natives.llama;

/**
 * How a model's file is brought into memory.
 *
 * @param mmap map the file instead of reading it, so that loading is fast and pages are shared between processes
 * @param mlock keep the weights in RAM; needs the right to lock that much memory
 * @param extraBuffers let the CPU library repack weights into its fastest layout; costs memory and load time
 * @param checkTensors look at every weight for invalid values; reads the whole file
 * @param vocabularyOnly load only the vocabulary: such a model tokenises and can do nothing else
 */
public record ModelOptions(
        boolean mmap, boolean mlock, boolean extraBuffers, boolean checkTensors, boolean vocabularyOnly) {

    /** Mapped, not locked, repacked where that pays, unchecked. */
    public static ModelOptions defaults() {
        return new ModelOptions(true, false, true, false, false);
    }

    /** The same with mapping on or off. */
    public ModelOptions withMmap(boolean value) {
        return new ModelOptions(value, mlock, extraBuffers, checkTensors, vocabularyOnly);
    }

    /** The same with locking on or off. */
    public ModelOptions withMlock(boolean value) {
        return new ModelOptions(mmap, value, extraBuffers, checkTensors, vocabularyOnly);
    }

    /** The same with repacking on or off. */
    public ModelOptions withExtraBuffers(boolean value) {
        return new ModelOptions(mmap, mlock, value, checkTensors, vocabularyOnly);
    }

    /** The same with the check of all weights on or off. */
    public ModelOptions withCheckTensors(boolean value) {
        return new ModelOptions(mmap, mlock, extraBuffers, value, vocabularyOnly);
    }

    /** The same with or without weights. */
    public ModelOptions withVocabularyOnly(boolean value) {
        return new ModelOptions(mmap, mlock, extraBuffers, checkTensors, value);
    }
}
