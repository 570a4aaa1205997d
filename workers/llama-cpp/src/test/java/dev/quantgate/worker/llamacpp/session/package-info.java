@NullMarked
package dev.quantgate.worker.llamacpp.session;

import org.jspecify.annotations.NullMarked;
