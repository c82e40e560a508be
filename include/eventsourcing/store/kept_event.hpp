// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_KEPT_EVENT_HPP
#define EVENTSOURCING_STORE_KEPT_EVENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/codec/json_reader.hpp>

#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

template <class T>
void delete_as(void* value) {
    delete static_cast<T*>(value);
}

/// An event that is kept after it was applied, so that the next one of its type is read into it and
/// its memory is used again.
class KeptEvent {
public:
    KeptEvent() = default;
    KeptEvent(const KeptEvent&) = delete;
    KeptEvent& operator=(const KeptEvent&) = delete;
    ~KeptEvent() { drop(); }

    /// The event to be read into; `E` is always the same.
    template <class E>
    [[gnu::always_inline]] E& to_read(JsonReader& reader) {
        if (event_ == nullptr) {
            if constexpr (std::is_default_constructible_v<E>) // saves a function
                event_ = new E();
            else
                event_ = new E(blank_event<E>());
            destroy_ = &delete_as<E>;
        } else if constexpr (!JsonFormOf<E>::template read_whole<E>()) {
            *static_cast<E*>(event_) = blank_event<E>();
        } else {
            reader.without_defaults();
        }
        return *static_cast<E*>(event_);
    }
    /// Keeps an event that was made elsewhere; `E` is the type of those that are read.
    template <class E>
    E& keep(E&& made) {
        drop();
        event_ = new E(std::move(made));
        destroy_ = &delete_as<E>;
        return *static_cast<E*>(event_);
    }
    /// Whether to read once more, into a new event, because the kept one has lost a default that
    /// the reader needs. From then on each event of its type is new.
    [[nodiscard]] bool again(JsonReader& reader) {
        if (!reader.wants_defaults())
            return false;
        keeps_ = false;
        drop();
        return true;
    }
    /// Called before a record is read.
    KeptEvent& next() {
        if (!keeps_)
            drop();
        return *this;
    }

private:
    void drop() {
        if (event_ != nullptr)
            destroy_(event_);
        event_ = nullptr;
    }

    bool keeps_ = true;
    void* event_ = nullptr;
    void (*destroy_)(void* event) = nullptr;
};

} // namespace eventsourcing::detail

#endif
