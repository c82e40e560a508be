// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_PERSONAL_KEYS_HPP
#define EVENTSOURCING_PERSONAL_KEYS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/personal/key_table.hpp>
#include <eventsourcing/personal/personal.hpp>
#include <eventsourcing/personal/plain_buffer.hpp>
#include <eventsourcing/personal/sealed_bytes.hpp>
#include <eventsourcing/personal/sealer.hpp>

#include <concepts>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail::personal {

/// What a value is sealed as: all text as std::string.
template <class T>
using Sealed = std::conditional_t<std::convertible_to<const T&, std::string_view>, std::string, T>;

} // namespace detail::personal

/// The keys of persons (*subjects*): each has one, with which its personal data is sealed, and
/// without which nobody reads it. `MemoryKeys` or `SqliteKeys` makes one; functions that seal or
/// open take a `const es::Keys&`.
///
/// Values are sealed where they come in and opened where they go out: not in `handle_command` and
/// `apply_event`, which must be pure. A handle: copies share the keys. All functions may be called
/// from several threads at once. No message of an error holds a value or a part of one.
class Keys {
public:
    // A copy instead of a move: every handle has keys.
    Keys(const Keys&) = default;
    Keys& operator=(const Keys&) = default;
    ~Keys() = default;

    /// Seals a value with the key of its subject, which is made with its first value. Text becomes
    /// a `Personal<std::string>`.
    ///
    /// A subject is a name that is no secret and is never given to another person, of at most 200
    /// bytes: `person:42`. `invalid` for another name and for a value that can't be written as
    /// JSON, `too_large` above 16 MiB; otherwise an error of where the keys are. One key seals 2^32
    /// values safely.
    template <class T>
    [[nodiscard]] Result<Personal<detail::personal::Sealed<T>>> seal(std::string_view subject,
                                                                     const T& value) const {
        using Value = detail::personal::Sealed<T>;
        return guarded([&]() -> Result<Personal<Value>> {
            if (auto good = detail::personal::check_subject(subject); !good)
                return std::move(good).error();
            std::string bytes(detail::personal::before_value, '\0');
            if (!write(bytes, value))
                return Error(
                    errc::invalid,
                    detail::joined({detail::personal::data_of(subject),
                                    ": it can't be written as JSON; the message of "
                                    "es::encode_json(value) says why, and may show the value"}));
            if (auto sealed = sealer_->seal(subject, bytes); !sealed)
                return std::move(sealed).error();
            return detail::personal::Access::make<Value>(subject, std::move(bytes));
        });
    }

    /// Seals several values of one subject: all of them or, after the first error, none.
    template <class... Values>
        requires(sizeof...(Values) > 1)
    [[nodiscard]] Result<std::tuple<Personal<detail::personal::Sealed<Values>>...>>
    seal(std::string_view subject, const Values&... values) const {
        using All = std::tuple<Personal<detail::personal::Sealed<Values>>...>;
        return guarded([&]() -> Result<All> {
            All all;
            Result<void> done;
            const auto seal_one = [&](auto& to, const auto& value) {
                if (!done)
                    return;
                if (auto sealed = seal(subject, value))
                    to = *std::move(sealed);
                else
                    done = std::move(sealed).error();
            };
            std::apply([&](auto&... to) { (seal_one(to, values), ...); }, all);
            return done ? Result<All>(std::move(all)) : Result<All>(std::move(done).error());
        });
    }

    /// The value, as it was sealed.
    ///
    /// `gone` once the subject was erased; `corrupt` if one bit of it or of its subject was
    /// changed; `invalid` with other keys than those that sealed it; `malformed` if it was sealed
    /// as another type, or as an earlier form of `T` that has become another; `not_found` if
    /// nothing was sealed.
    template <class T>
    [[nodiscard]] Result<T> open(const Personal<T>& value) const {
        return guarded([&]() -> Result<T> {
            if (value.empty())
                return Error(errc::not_found,
                             "no personal data was sealed here; ask empty() before "
                             "opening what may be absent");
            detail::personal::PlainBuffer json;
            if (auto opened =
                    sealer_->open(value.subject(), detail::personal::Access::sealed(value), json);
                !opened)
                return std::move(opened).error();
            auto out = read<T>(json.view());
            if (!out)
                return Error(
                    errc::malformed,
                    detail::joined({detail::personal::data_of(value.subject()),
                                    ": what was sealed is no ", detail::type_name<T>(),
                                    " as this program declares it; open it as the type that "
                                    "was sealed"}));
            return out;
        });
    }

    /// Erases the key of a subject: from now on `open` returns `gone` for all that was sealed with
    /// it, wherever copies of that are. Returns false if the subject has no key: it was erased
    /// before, nothing was sealed for it, or its name is misspelled.
    ///
    /// After an error, call it again until it succeeds; only then nothing is left of the key. Data
    /// that is sealed for the subject afterwards gets a new key.
    Result<bool> erase(std::string_view subject) const {
        return guarded([&]() -> Result<bool> {
            if (auto good = detail::personal::check_subject(subject); !good)
                return std::move(good).error();
            return sealer_->erase(subject);
        });
    }

    /// A hash of `text` with a secret key, 64 hexadecimal digits, for tags and look-ups of what is
    /// sealed: the same for the same name and text as long as these keys exist, and another with
    /// other keys. `name` says what the text is: `email`.
    ///
    /// `erase` does not change it: who has the keys can test whether an erased person had this very
    /// text. Upper case, blanks and accents count, so bring the text to one form first.
    [[nodiscard]] Result<std::string> blind(std::string_view name, std::string_view text) const {
        return guarded([&]() -> Result<std::string> {
            if (name.empty())
                return Error(errc::invalid, "the name of a blind hash is empty; expected what the "
                                            "text is, such as \"email\"");
            return sealer_->blind(name, text);
        });
    }

protected:
    explicit Keys(std::shared_ptr<detail::personal::KeyTable> table)
        : sealer_(std::make_shared<detail::personal::Sealer>(std::move(table))) {}

private:
    /// An exception of the application's own codec may hold the value, so its text is dropped.
    template <class T>
    static bool write(std::string& out, const T& value) {
        if constexpr (std::convertible_to<const T&, std::string_view>)
            return encode_json_to(out, std::string_view(value)).has_value();
        else
            return encode_json_to(out, value).has_value();
    }
    /// What is read was written by `write`, as the tag shows: a text without escapes needs no
    /// check.
    template <class T>
    static Result<T> read(std::string_view json) {
        if constexpr (std::same_as<T, std::string>)
            if (json.starts_with('"') && json.find('\\') == json.npos)
                return std::string(json.substr(1, json.size() - 2));
        return decode_json<T>(json);
    }

    template <class F>
    static auto guarded(F&& f) -> decltype(f()) {
        return detail::guarded("sealing or opening personal data", [&]() -> decltype(f()) {
            EVENTSOURCING_TRY {
                return f();
            }
            EVENTSOURCING_CATCH(const std::bad_alloc&) {
                return Error(errc::unavailable); // without a message, which needs memory
            }
        });
    }

    std::shared_ptr<detail::personal::Sealer> sealer_;
};

} // namespace eventsourcing

#endif
