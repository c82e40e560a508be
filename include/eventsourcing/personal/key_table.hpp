// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_PERSONAL_KEY_TABLE_HPP
#define EVENTSOURCING_PERSONAL_KEY_TABLE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/personal/secret.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace eventsourcing::detail::personal {

enum class Found : std::uint8_t {
    key,
    erased,           ///< its subject was
    never,            ///< no such key was ever here
    of_other_subject, ///< the value was moved
};

inline Error no_random_numbers() {
    return {errc::unavailable, "OpenSSL has no random numbers for a key; nothing was sealed: try "
                               "again"};
}

/// Where the keys of the subjects are. All functions may be called from several threads at once.
class KeyTable {
public:
    KeyTable() = default;
    KeyTable(const KeyTable&) = delete;
    KeyTable& operator=(const KeyTable&) = delete;
    virtual ~KeyTable() = default;

    /// Which table this is; sealed values name it.
    [[nodiscard]] virtual KeyId id() const = 0;
    /// What messages call it: `key file "keys.db"`.
    [[nodiscard]] virtual std::string name() const = 0;

    /// The key with which values of the subject are sealed, made if it has none: then it is kept as
    /// durably as the table does before this returns.
    virtual Result<void> of_subject(std::string_view subject, SubjectKey& out) = 0;
    /// The key that a sealed value names.
    virtual Result<Found> find(KeyId key, std::string_view subject, Secret& out) = 0;
    /// False if the subject had no key. The same call again finishes what an error interrupted.
    virtual Result<bool> erase(std::string_view subject) = 0;
    virtual Result<void> blinding_key(Secret& out) = 0;

    /// A number that is higher after each key that was erased: what was made of keys before is to
    /// be forgotten.
    [[nodiscard]] std::uint64_t erasures() const {
        return erasures_.load(std::memory_order_acquire);
    }

protected:
    void note_erasure() { erasures_.fetch_add(1, std::memory_order_acq_rel); }

private:
    std::atomic<std::uint64_t> erasures_{0};
};

} // namespace eventsourcing::detail::personal

#endif
