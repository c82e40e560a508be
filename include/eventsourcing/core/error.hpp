// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_ERROR_HPP
#define EVENTSOURCING_CORE_ERROR_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/enum_name.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// What kind of failure an `Error` is. The numbers are stable: new kinds go to the end.
enum class errc : std::uint8_t {
    rejected = 1,     ///< the domain refused the command; `error == Refusal::x` says which rule
    conflict,         ///< the stream is not at the expected revision; see `Error::conflict`
    condition_failed, ///< an event matching the append condition was appended meanwhile
    denied,           ///< credentials or access rights
    gone,             ///< the stream was deleted permanently
    not_found,        ///< there is no such stream, event, file or name
    invalid,          ///< an argument, option or name that can never work
    too_large,        ///< an event or batch over a limit; the message says which
    malformed,        ///< text or bytes that are not what they claim to be (JSON, timestamp, ...)
    unknown_type,     ///< an event type that the reader did not declare
    unknown_version,  ///< a known event type in a version that the reader did not declare
    corrupt,          ///< stored data contradicts itself, or the file is not a store of ours
    duplicate_id,     ///< event ids that are already stored, with other content
    overflow,         ///< a counter (generation, revision) is at its end
    threw,            ///< a function of the application threw an exception
    cannot_apply,     ///< `apply_event` refused an event
    not_sent,         ///< nothing left this process: safe to try again
    unavailable,      ///< the engine can't serve now (busy, starting, overloaded, disk full)
    timed_out,        ///< the deadline passed before anything was done
    cancelled,        ///< the stop token was triggered before anything was done
    unknown_outcome,  ///< it may or may not have been done; retry with the same ids
    failed,           ///< the engine stopped after an I/O error and must be opened again
    closed,           ///< the store or sink was closed
    unsupported,      ///< this engine can't do that
    internal,         ///< a defect in this library; please report it
    beyond_head, ///< a position that this store has not given yet: of another or a restored store
};

/// Whether a change may have been made despite an error.
enum class Outcome : std::uint8_t {
    not_done, ///< nothing was changed
    unknown,  ///< the change may have been made, or may still be made
};

/// The data of a conflict: what an append expected of which stream, and what it found.
struct Conflict {
    std::string stream;
    ExpectedRevision expected;
    /// The last revision of the stream; absent if it has no events or the engine does not say.
    std::optional<Revision> actual;
};

namespace detail {

constexpr std::string_view errc_text(errc kind) {
    switch (kind) {
    case errc::rejected:
        return "the command was rejected";
    case errc::conflict:
        return "the stream is not at the expected revision";
    case errc::condition_failed:
        return "an event matching the append condition exists";
    case errc::denied:
        return "access was denied";
    case errc::gone:
        return "the stream was deleted permanently";
    case errc::not_found:
        return "not found";
    case errc::invalid:
        return "an argument is invalid";
    case errc::too_large:
        return "an event or batch is over a size limit";
    case errc::malformed:
        return "the input is malformed";
    case errc::unknown_type:
        return "the event type is not declared here";
    case errc::unknown_version:
        return "the version of the event type is not declared here";
    case errc::corrupt:
        return "stored data is corrupt";
    case errc::duplicate_id:
        return "the event ids are already stored with other content";
    case errc::overflow:
        return "a counter is at its end";
    case errc::threw:
        return "a function of the application threw an exception";
    case errc::cannot_apply:
        return "an event could not be applied to the state";
    case errc::not_sent:
        return "nothing was sent";
    case errc::unavailable:
        return "the engine is not available now";
    case errc::timed_out:
        return "the deadline passed before anything was done";
    case errc::cancelled:
        return "the call was cancelled before anything was done";
    case errc::unknown_outcome:
        return "whether it was done is unknown";
    case errc::failed:
        return "the engine stopped after an I/O error; open it again";
    case errc::closed:
        return "the store or sink is closed";
    case errc::unsupported:
        return "this engine does not support that";
    case errc::internal:
        return "a defect in the eventsourcing library";
    case errc::beyond_head:
        return "the position is after the last one of this store";
    }
    return "unknown error";
}

class LibraryCategory final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "eventsourcing"; }
    [[nodiscard]] std::string message(int value) const override {
        return std::string(errc_text(static_cast<errc>(value)));
    }
};

/// The category of an application's own enumeration, by its full name; no specialisation is needed.
template <class E>
class EnumCategory final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return FullName<E>::text.data(); }
    [[nodiscard]] std::string message(int value) const override {
        std::string text(enum_name(static_cast<E>(value)));
        if (text.empty())
            return std::string(type_name<E>()) + " " + std::to_string(value);
        for (char& c : text)
            c = c == '_' ? ' ' : c;
        return text;
    }
};

using CategoryFunction = const std::error_category& (*)() noexcept;

template <class Category>
const std::error_category& category_instance() noexcept {
    static const Category instance;
    return instance;
}

template <class E>
struct CategoryOf {
    static constexpr CategoryFunction function = &category_instance<EnumCategory<E>>;
};
template <>
struct CategoryOf<errc> {
    static constexpr CategoryFunction function = &category_instance<LibraryCategory>;
};

/// A value that an error and its copies carry, identified by the name of its type (no RTTI, across
/// libraries). It never changes.
struct Attachment {
    std::string_view type;
    const void* value;
    void (*destroy)(const void* value);
    std::atomic<std::size_t> owners = 1;

    Attachment* share() {
        owners.fetch_add(1, std::memory_order_relaxed);
        return this;
    }
    void release() {
        if (owners.fetch_sub(1, std::memory_order_acq_rel) != 1)
            return;
        destroy(value);
        delete this;
    }
};

template <class T>
Attachment* make_attachment(T&& value) {
    return new Attachment{full_type_name<T>(), new T(std::move(value)),
                          [](const void* old) { delete static_cast<const T*>(old); }};
}

/// The data of an error besides its number; kept apart so that an Error is three words.
struct ErrorDetail {
    std::string message;
    std::optional<Conflict> conflict;
    std::optional<Outcome> outcome;
    Attachment* attachment = nullptr;

    ErrorDetail() = default;
    ErrorDetail(const ErrorDetail& other)
        : message(other.message),
          conflict(other.conflict),
          outcome(other.outcome),
          attachment(other.attachment ? other.attachment->share() : nullptr) {}
    ErrorDetail& operator=(const ErrorDetail&) = delete;
    ~ErrorDetail() {
        if (attachment)
            attachment->release();
    }
};

} // namespace detail

/// Why something failed: a kind, a number with its category, one sentence, and data for some
/// kinds.
///
/// Distinct objects may be used from several threads at once; one object like any value. Usable in
/// constant expressions, where it has no message of its own.
class [[nodiscard]] Error {
public:
    constexpr Error(errc kind) noexcept
        : category_(detail::CategoryOf<errc>::function),
          value_(static_cast<int>(kind)),
          kind_(kind) {}
    Error(errc kind, std::string message) : Error(kind) { detail().message = std::move(message); }

    /// An error of an application's enumeration; `kind` is its kind for the library.
    template <NamedEnum E>
    constexpr Error(errc kind, E value) noexcept
        : category_(detail::CategoryOf<E>::function),
          value_(static_cast<int>(value)),
          kind_(kind) {}

    constexpr Error(const Error& other)
        : category_(other.category_),
          detail_(other.detail_ ? clone(*other.detail_) : nullptr),
          value_(other.value_),
          kind_(other.kind_) {}
    constexpr Error(Error&& other) noexcept
        : category_(other.category_),
          detail_(std::exchange(other.detail_, nullptr)),
          value_(other.value_),
          kind_(other.kind_) {}
    constexpr Error& operator=(Error other) noexcept {
        std::swap(category_, other.category_);
        std::swap(detail_, other.detail_);
        std::swap(value_, other.value_);
        std::swap(kind_, other.kind_);
        return *this;
    }
    constexpr ~Error() {
        if (detail_)
            delete detail_;
    }

    [[nodiscard]] constexpr errc kind() const noexcept { return kind_; }
    /// The number and its category: the application's own enumeration for a rejection made with
    /// one.
    [[nodiscard]] std::error_code code() const noexcept { return {value_, category_()}; }

    /// One sentence: the thing, what was found, what was expected, what to do next.
    [[nodiscard]] std::string message() const {
        return detail_ && !detail_->message.empty() ? detail_->message
                                                    : category_().message(value_);
    }

    /// Whether the change may have been made nevertheless.
    [[nodiscard]] constexpr Outcome outcome() const noexcept {
        if (detail_ && detail_->outcome)
            return *detail_->outcome;
        return kind_ == errc::unknown_outcome ? Outcome::unknown : Outcome::not_done;
    }

    /// The data of a conflict, or null for other kinds. Valid as long as this error.
    [[nodiscard]] const Conflict* conflict() const noexcept EVENTSOURCING_LIFETIMEBOUND {
        return detail_ && detail_->conflict ? &*detail_->conflict : nullptr;
    }

    /// What was attached as a `T`, or null. Valid as long as this error.
    template <class T>
    [[nodiscard]] const T* attached() const noexcept EVENTSOURCING_LIFETIMEBOUND {
        const auto* a = detail_ ? detail_->attachment : nullptr;
        return a && a->type == detail::full_type_name<T>() ? static_cast<const T*>(a->value)
                                                           : nullptr;
    }

    /// The same error with another message.
    [[nodiscard]] Error with_message(std::string message) && {
        detail().message = std::move(message);
        return std::move(*this);
    }
    /// The same error, with where it happened before its message: `stream combat-ogre: ...`.
    [[nodiscard]] Error within(std::string_view where) && {
        return std::move(*this).with_message(std::string(where) + ": " + message());
    }
    /// The same error as one of another kind; the code stays.
    [[nodiscard]] constexpr Error as(errc kind) && {
        kind_ = kind;
        return std::move(*this);
    }
    [[nodiscard]] Error with_outcome(Outcome outcome) && {
        detail().outcome = outcome;
        return std::move(*this);
    }
    [[nodiscard]] Error with_conflict(Conflict conflict) && {
        detail().conflict = std::move(conflict);
        return std::move(*this);
    }
    /// The same error carrying `value`, instead of what it carried before. Copies of the error
    /// share it.
    template <class T>
    [[nodiscard]] Error with_attached(T value) && {
        auto* made = detail::make_attachment(std::move(value));
        if (auto* old = std::exchange(detail().attachment, made))
            old->release();
        return std::move(*this);
    }

    /// Whether it is of this kind, or was made with this enumerator of an application. Enumerations
    /// are compared by their category's name, which works across shared libraries.
    template <class E>
        requires std::is_enum_v<E>
    [[nodiscard]] friend constexpr bool operator==(const Error& error, E value) {
        if constexpr (std::is_same_v<E, errc>)
            return error.kind_ == value;
        else
            return error.value_ == static_cast<int>(value) &&
                   (error.category_ == detail::CategoryOf<E>::function ||
                    std::string_view(error.category_().name()) ==
                        std::string_view(detail::CategoryOf<E>::function().name()));
    }

private:
    static detail::ErrorDetail* clone(const detail::ErrorDetail& from) {
        return new detail::ErrorDetail(from);
    }
    detail::ErrorDetail& detail() {
        if (!detail_)
            detail_ = new detail::ErrorDetail;
        return *detail_;
    }

    detail::CategoryFunction category_;
    detail::ErrorDetail* detail_ = nullptr;
    int value_;
    errc kind_;
};

} // namespace eventsourcing

#endif
