// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_CALLBACK_SINK_HPP
#define EVENTSOURCING_STORE_CALLBACK_SINK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/sink.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

/// The result of a callback, as a sink returns it.
template <class R>
struct CallbackAnswer {};
template <>
struct CallbackAnswer<void> {
    using Type = Result<void>;
};
template <SinkAnswer R>
struct CallbackAnswer<R> {
    using Type = R;
};
template <class F, class B>
using CallbackAnswerOf =
    typename CallbackAnswer<std::invoke_result_t<F&, StreamNameView, const B&>>::Type;

} // namespace detail

/// Says that a function uses only the events: `CallbackSink sink{f, es::without_stamps}`.
struct WithoutStamps {};
inline constexpr WithoutStamps without_stamps{};

/// A function as a sink: `CallbackSink sink{[](StreamNameView stream, const auto& batch) {...}}`.
///
/// The function takes a `Batch` of the events as their own types, or an `EventBatch` of bytes, and
/// returns nothing, `Result<void>` or `Result<Receipt>`; an exception becomes `errc::threw`, with
/// an unknown outcome. Whether several threads may call it at once is up to the function: the sink
/// adds no lock.
///
/// With `without_stamps` the batches of a dispatcher come without ids, time and metadata, which
/// then cost nothing.
template <class F, bool uses_stamps = true>
class CallbackSink {
public:
    static constexpr Capabilities capabilities{.stamps = uses_stamps};

    constexpr explicit CallbackSink(F f)
        requires uses_stamps
        : f_(std::move(f)) {}
    constexpr CallbackSink(F f, WithoutStamps /*said*/)
        requires(!uses_stamps)
        : f_(std::move(f)) {}

    template <detail::AnyBatch B>
        requires std::invocable<const F&, StreamNameView, const B&>
    detail::CallbackAnswerOf<const F, B> append_unchecked(StreamNameView stream,
                                                          const B& batch) const {
        return call(f_, stream, batch);
    }
    /// For a function that changes itself, such as a `mutable` lambda.
    template <detail::AnyBatch B>
        requires(!std::invocable<const F&, StreamNameView, const B&>)
    detail::CallbackAnswerOf<F, B> append_unchecked(StreamNameView stream, const B& batch) {
        return call(f_, stream, batch);
    }

private:
    template <class G, class B>
    static detail::CallbackAnswerOf<G, B> call(G& f, StreamNameView stream, const B& batch) {
        return detail::guarded_append("the callback", [&]() -> detail::CallbackAnswerOf<G, B> {
            if constexpr (std::is_void_v<std::invoke_result_t<G&, StreamNameView, const B&>>) {
                f(stream, batch);
                return {};
            } else {
                return f(stream, batch);
            }
        });
    }

    F f_;
};

template <class F>
CallbackSink(F) -> CallbackSink<F>;
template <class F>
CallbackSink(F, WithoutStamps) -> CallbackSink<F, false>;

} // namespace eventsourcing

#endif
