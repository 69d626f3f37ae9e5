/**
 * Fields of a `config.json` that say nothing about the numbers of a T5: those that transformers 4 and 5 write for
 * T5, mT5 and UMT5, with what they say about training, generation and the tokenizer.
 */
export const FOREIGN_FIELDS: ReadonlySet<string> = new Set(
  `_attn_implementation_autoset _attn_implementation_internal _commit_hash _from_model_config _name_or_path
  add_cross_attention architectures attn_implementation auto_map bad_words_ids base_model_tp_plan
  begin_suppress_tokens bos_token_id chunk_size_feed_forward classifier_dropout cross_attention_hidden_size
  diversity_penalty do_sample dtype early_stopping encoder_no_repeat_ngram_size epsilon_cutoff eta_cutoff
  exponential_decay_length_penalty finetuning_task force_bos_token_to_be_generated forced_bos_token_id
  forced_eos_token_id gradient_checkpointing id2label initializer_factor is_decoder is_encoder_decoder label2id
  length_penalty max_length max_new_tokens min_length min_new_tokens model_max_length n_positions
  no_repeat_ngram_size num_beam_groups num_beams num_labels num_return_sequences output_attentions
  output_hidden_states output_past output_scores prefix problem_type remove_invalid_values repetition_penalty
  return_dict return_dict_in_generate scalable_attention sep_token_id suppress_tokens task_specific_params
  temperature tf_legacy_loss tokenizer_class top_k top_p torch_dtype torchscript transformers_version typical_p
  use_bfloat16 use_cache transformers.js_config`.split(/\s+/),
);
