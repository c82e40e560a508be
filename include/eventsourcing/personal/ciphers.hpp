// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_PERSONAL_CIPHERS_HPP
#define EVENTSOURCING_PERSONAL_CIPHERS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/personal/secret.hpp>

#include <openssl/evp.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace eventsourcing::detail::personal {

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); } // wipes it
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

/// One context to encrypt and one to decrypt, for one thread at a time. Each holds what was made of
/// the key that it used last.
struct Cipher {
    Context encrypt;
    Context decrypt;

    /// False if OpenSSL has no memory or no such cipher.
    [[nodiscard]] bool make(const EVP_CIPHER* kind) {
        encrypt.reset(EVP_CIPHER_CTX_new());
        decrypt.reset(EVP_CIPHER_CTX_new());
        return kind && encrypt && decrypt &&
               EVP_EncryptInit_ex2(encrypt.get(), kind, nullptr, nullptr, nullptr) == 1 &&
               EVP_DecryptInit_ex2(decrypt.get(), kind, nullptr, nullptr, nullptr) == 1;
    }
};

/// The contexts of OpenSSL, which are expensive to make: each is used by one call at a time, and
/// kept for the next one, as long as no key is erased.
class Ciphers {
public:
    Ciphers() : kind_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)) {
        idle_.reserve(most_idle);
    }
    Ciphers(const Ciphers&) = delete;
    Ciphers& operator=(const Ciphers&) = delete;
    ~Ciphers() {
        free_spare();
        EVP_CIPHER_free(kind_);
    }

    /// One for this call; without contexts if OpenSSL could not make them. `erasures` as
    /// `KeyTable` has it when the call begins.
    class Lease {
    public:
        Lease(Ciphers& from, std::uint64_t erasures)
            : from_(from),
              erasures_(erasures),
              cipher_(from.take(erasures)) {}
        ~Lease() { from_.give_back(std::move(cipher_), erasures_); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;

        explicit operator bool() const { return cipher_ != nullptr; }
        Cipher* operator->() const { return cipher_.get(); }

    private:
        Ciphers& from_;
        std::uint64_t erasures_;
        std::unique_ptr<Cipher> cipher_;
    };

    /// Forgets all that was made of keys before this erasure; contexts that are in use are freed
    /// when they come back.
    void forget(std::uint64_t erasures) {
        if (erasures <= erasures_)
            return;
        const std::lock_guard lock(mutex_);
        if (erasures <= erasures_)
            return;
        erasures_ = erasures; // first: what comes back from now on is not kept
        free_spare();
        idle_.clear();
    }

private:
    static constexpr std::size_t most_idle = 64;

    void free_spare() { const std::unique_ptr<Cipher> old(spare_.exchange(nullptr)); }

    std::unique_ptr<Cipher> take(std::uint64_t erasures) {
        forget(erasures);
        if (std::unique_ptr<Cipher> spare(spare_.exchange(nullptr)); spare)
            return spare;
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                auto taken = std::move(idle_.back());
                idle_.pop_back();
                return taken;
            }
        }
        auto made = std::make_unique<Cipher>();
        return made->make(kind_) ? std::move(made) : nullptr;
    }
    void give_back(std::unique_ptr<Cipher> cipher, std::uint64_t erasures) {
        if (!cipher || erasures != erasures_)
            return;
        Cipher* none = nullptr;
        if (spare_.compare_exchange_strong(none, cipher.get())) {
            static_cast<void>(cipher.release());
            if (erasures != erasures_) // since then
                free_spare();
            return;
        }
        const std::lock_guard lock(mutex_);
        if (erasures == erasures_ && idle_.size() < most_idle)
            idle_.push_back(std::move(cipher)); // has room for it: throws nothing
    }

    EVP_CIPHER* const kind_;
    std::atomic<std::uint64_t> erasures_{0};
    std::atomic<Cipher*> spare_{nullptr}; // one that is taken without a lock
    std::mutex mutex_;
    std::vector<std::unique_ptr<Cipher>> idle_; // others
};

} // namespace eventsourcing::detail::personal

#endif
