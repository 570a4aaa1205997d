/** The model store on disk: layout, atomic files, metadata, manifests and copies into it. */
@NullMarked
package dev.quantgate.worker.store;

import org.jspecify.annotations.NullMarked;
