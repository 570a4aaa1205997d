// What Java calls: dev.quantgate.natives.torch.EncoderKernels. Sizes and ids have been checked there.
#include <jni.h>

#include <exception>

#include "encoder.h"

using quantgate::Encoder;

namespace {

Encoder& encoder(jlong handle) { return *reinterpret_cast<Encoder*>(handle); }

template <typename T>
const T* at(jlong address) {
  return reinterpret_cast<const T*>(address);
}

void raise(JNIEnv* env, const char* type, const char* message) {
  if (jclass found = env->FindClass(type)) env->ThrowNew(found, message);
}

// Runs work; what it throws becomes a Java exception.
template <typename Work>
void guarded(JNIEnv* env, Work work) {
  try {
    work();
  } catch (const std::bad_alloc&) {
    raise(env, "java/lang/OutOfMemoryError", "native memory of an encoder");
  } catch (const std::exception& e) {
    raise(env, "java/lang/IllegalStateException", e.what());
  }
}

quantgate::Norm norm_of(int size, jlong weight, jlong bias) {
  quantgate::Norm norm;
  norm.weight.assign(at<float>(weight), at<float>(weight) + size);
  norm.bias.assign(at<float>(bias), at<float>(bias) + size);
  return norm;
}

}  // namespace

#define QG_JNI(type, name) extern "C" JNIEXPORT type JNICALL Java_dev_quantgate_natives_torch_EncoderKernels_##name

QG_JNI(jstring, name)(JNIEnv* env, jclass) {
  const quantgate::Kernels* kernels = quantgate::best_kernels();
  return env->NewStringUTF(kernels == nullptr ? "" : kernels->name());
}

QG_JNI(jlong, create)(JNIEnv* env, jclass, jint hidden, jint heads, jint intermediate, jint layers, jint activation,
                      jfloat epsilon) {
  jlong handle = 0;
  guarded(env, [&] {
    auto made = std::make_unique<Encoder>();
    made->kernels = quantgate::best_kernels();
    made->hidden = hidden;
    made->heads = heads;
    made->intermediate = intermediate;
    made->activation = static_cast<quantgate::Activation>(activation);
    made->epsilon = epsilon;
    made->layers.resize(layers);
    handle = reinterpret_cast<jlong>(made.release());
  });
  return handle;
}

QG_JNI(void, destroy)(JNIEnv*, jclass, jlong handle) { delete &encoder(handle); }

QG_JNI(void, linear)(JNIEnv* env, jclass, jlong handle, jint layer, jint part, jint outputs, jint inputs, jlong codes,
                     jlong scales, jlong bias) {
  guarded(env, [&] {
    quantgate::Layer& to = encoder(handle).layers[layer];
    quantgate::Linear* const parts[] = {&to.projection, &to.attention_output, &to.expand, &to.contract};
    *parts[part] = encoder(handle).kernels->pack(outputs, inputs, at<int8_t>(codes), at<float>(scales), at<float>(bias));
  });
}

// A matrix on its own with the kernels that read it.
namespace {
struct Product {
  const quantgate::Kernels* kernels;
  quantgate::Linear matrix;
};
}  // namespace

QG_JNI(jlong, createProduct)(JNIEnv* env, jclass, jint outputs, jint inputs, jlong codes, jlong scales, jlong bias) {
  jlong handle = 0;
  guarded(env, [&] {
    const quantgate::Kernels* kernels = quantgate::best_kernels();
    handle = reinterpret_cast<jlong>(new Product{
        kernels, kernels->pack(outputs, inputs, at<int8_t>(codes), at<float>(scales), at<float>(bias))});
  });
  return handle;
}

QG_JNI(void, destroyProduct)(JNIEnv*, jclass, jlong handle) { delete reinterpret_cast<Product*>(handle); }

QG_JNI(void, product)(JNIEnv* env, jclass, jlong handle, jlong rows, jlong x, jlong y) {
  guarded(env, [&] {
    const Product& product = *reinterpret_cast<Product*>(handle);
    product.kernels->apply(product.matrix, at<float>(x), static_cast<int>(rows), reinterpret_cast<float*>(y));
  });
}

QG_JNI(void, norm)(JNIEnv* env, jclass, jlong handle, jint layer, jint part, jlong weight, jlong bias) {
  guarded(env, [&] {
    quantgate::Layer& to = encoder(handle).layers[layer];
    (part == 0 ? to.attention_norm : to.output_norm) = norm_of(encoder(handle).hidden, weight, bias);
  });
}

QG_JNI(void, tables)(JNIEnv* env, jclass, jlong handle, jlong words, jlong codes, jlong scales, jlong positions,
                     jlong types, jlong weight, jlong bias) {
  guarded(env, [&] {
    quantgate::Embeddings& to = encoder(handle).embeddings;
    to.words = at<float>(words);
    to.word_codes = at<int8_t>(codes);
    to.word_scales = at<float>(scales);
    to.positions = at<float>(positions);
    to.types = at<float>(types);
    to.norm = norm_of(encoder(handle).hidden, weight, bias);
  });
}

QG_JNI(void, compute)(JNIEnv* env, jclass, jlong handle, jlongArray ids, jintArray places, jlongArray types,
                      jintArray lengths, jint longest, jint output, jlong out, jint threads) {
  guarded(env, [&] {
    const jsize tokens = env->GetArrayLength(ids);
    const jsize inputs = env->GetArrayLength(lengths);
    // Copied, not pinned: the garbage collector does not wait for a forward pass.
    std::vector<jlong> id(tokens), type(types == nullptr ? 0 : tokens);
    std::vector<jint> place(tokens), length(inputs);
    env->GetLongArrayRegion(ids, 0, tokens, id.data());
    env->GetIntArrayRegion(places, 0, tokens, place.data());
    if (types != nullptr) env->GetLongArrayRegion(types, 0, tokens, type.data());
    env->GetIntArrayRegion(lengths, 0, inputs, length.data());
    quantgate::Batch batch;
    batch.ids = reinterpret_cast<const int64_t*>(id.data());
    batch.places = place.data();
    batch.types = types == nullptr ? nullptr : reinterpret_cast<const int64_t*>(type.data());
    batch.lengths = length.data();
    batch.inputs = inputs;
    batch.output = static_cast<quantgate::Output>(output);
    batch.out = reinterpret_cast<float*>(out);
    batch.longest = longest;
    quantgate::compute(encoder(handle), batch, threads);
  });
}
